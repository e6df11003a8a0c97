import { type Kysely, sql } from "kysely";
import type { TableStep } from "../../matching/table-store.js";
import { SCHEMA } from "./migrate.js";
import type { ListedTable } from "./table-list.js";

const ROWS_PER_STEP = 500;

/** These columns of a table's rows. Call it in a transaction. */
export async function* dumpRows<Tables>(
  db: Kysely<Tables>,
  { name, columns }: ListedTable,
): AsyncGenerator<Extract<TableStep, { kind: "rows" }>> {
  const selected = sql.join(columns.map((column) => sql.id(column)));
  // As jsonb, whose text is the same in whatever order the columns were added.
  await sql`declare dumped no scroll cursor for
    select to_jsonb(dumped)::text as row
    from (select ${selected} from ${sql.table(`${SCHEMA}.${name}`)}) as dumped`.execute(db);
  for (;;) {
    const { rows } = await sql<{ row: string }>`fetch ${sql.lit(ROWS_PER_STEP)} from dumped`.execute(db);
    if (rows.length > 0) yield { kind: "rows", rows: rows.map(({ row }) => row) };
    if (rows.length < ROWS_PER_STEP) break;
  }
  await sql`close dumped`.execute(db);
}
