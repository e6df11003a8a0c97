import { type Kysely, sql } from "kysely";
import type { TableStep, TableStore } from "../../matching/table-store.js";
import { dumpRows } from "./dump-rows.js";
import { SCHEMA } from "./migrate.js";
import { restoreTables } from "./restore-tables.js";
import { listTables, readSequences } from "./table-list.js";

/** What a {@link TableStore} works with. */
export interface SqlTableStoreOptions<Tables> {
  readonly db: Kysely<Tables>;
  /** Tables and sequences that are not its business. */
  readonly left?: readonly string[];
  /**
   * Whether all is read before any of it is handed out. For a database of one connection, where everybody else waits
   * until it has been read.
   */
  readonly atOnce?: boolean;
}

/** Every table of our schema but those that are left out, also tables that come to be later. */
export function createSqlTableStore<Tables>(options: SqlTableStoreOptions<Tables>): TableStore {
  const { db, left = [], atOnce = false } = options;
  return {
    async *dump() {
      if (!atOnce) return yield* dumpAsOfNow(db, left);
      const steps: TableStep[] = [];
      for await (const step of dumpAsOfNow(db, left)) steps.push(step);
      yield* steps;
    },
    async isEmpty() {
      for (const { name } of await listTables(db, left)) {
        const { rows } = await sql`select 1 from ${sql.table(`${SCHEMA}.${name}`)} limit 1`.execute(db);
        if (rows.length > 0) return false;
      }
      return true;
    },
    restore: (steps) => db.transaction().execute((transaction) => restoreTables(transaction, left, steps)),
  };
}

async function* dumpAsOfNow<Tables>(db: Kysely<Tables>, left: readonly string[]): AsyncGenerator<TableStep> {
  const transaction = await db.startTransaction().setIsolationLevel("repeatable read").execute();
  try {
    // Whoever takes the dump may be slow to write it down.
    await sql`set local idle_in_transaction_session_timeout = 0`.execute(transaction);
    for (const table of await listTables(transaction, left)) {
      yield { kind: "table", ...table };
      yield* dumpRows(transaction, table);
    }
    // These are of no instant: what has been given out meanwhile does no harm.
    yield { kind: "sequences", values: await readSequences(transaction, left) };
  } finally {
    await transaction.rollback().execute();
  }
}
