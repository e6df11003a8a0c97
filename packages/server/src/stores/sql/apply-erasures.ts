import { type Kysely, sql } from "kysely";
import { SCHEMA } from "./migrate.js";
import type { ListedTable } from "./table-list.js";

/** An erasure as it is stored. */
export interface KnownErasure {
  readonly tenant: string;
  readonly user_digest: Uint8Array;
  readonly until: bigint;
}

/** The erasures that a database remembers. */
export async function knownErasures<Tables>(db: Kysely<Tables>): Promise<readonly KnownErasure[]> {
  const { rows } = await sql<KnownErasure>`select tenant, user_digest, until from cinedeepmatch.erased_users`.execute(
    db,
  );
  return rows;
}

/** By what tables say when a row came to be. */
const TIMES = ["recorded_at", "created_at"];

/** Remembers erasures, and deletes again what an older state of the tables has of users who have been erased. */
export async function applyErasures<Tables>(
  db: Kysely<Tables>,
  tables: readonly ListedTable[],
  erasures: readonly KnownErasure[],
): Promise<void> {
  for (const { tenant, user_digest, until } of erasures) {
    await sql`insert into cinedeepmatch.erased_users as known (tenant, user_digest, until)
      values (${tenant}, ${user_digest}, ${until}) on conflict (tenant, user_digest)
      do update set until = greatest(known.until, excluded.until)`.execute(db);
  }
  for (const { name, columns } of tables) {
    const user = name === "users" ? "id" : "user_id";
    const time = TIMES.find((column) => columns.includes(column));
    if (!columns.includes("tenant") || !columns.includes(user) || time === undefined) continue;
    // The digest as `digestOfUser` makes it.
    await sql`delete from ${sql.table(`${SCHEMA}.${name}`)} held using cinedeepmatch.erased_users erased
      where erased.tenant = held.tenant and held.${sql.id(time)} < erased.until and erased.user_digest =
        sha256(convert_to(held.tenant, 'UTF8') || '\\x00'::bytea || convert_to(held.${sql.id(user)}, 'UTF8'))`.execute(
      db,
    );
  }
}
