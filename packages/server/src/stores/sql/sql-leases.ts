import { type Kysely, sql } from "kysely";
import type { Leases } from "../../matching/leases.js";

/** Leases in a table, by the database's clock. */
export function createSqlLeases<Tables>(db: Kysely<Tables>): Leases {
  return {
    async take(name, holder, forMs) {
      const { rows } = await sql`
        insert into cinedeepmatch.leases as held (name, holder, ends_at)
        values (${name}, ${holder}, now() + ${forMs} * interval '1 millisecond')
        on conflict (name) do update set holder = excluded.holder, ends_at = excluded.ends_at
          where held.holder = excluded.holder or held.ends_at < now()
        returning 1`.execute(db);
      return rows.length > 0;
    },
    async giveBack(name, holder) {
      await sql`delete from cinedeepmatch.leases where name = ${name} and holder = ${holder}`.execute(db);
    },
  };
}

/** The migration that makes their table. */
export async function createLeases(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table cinedeepmatch.leases (name text primary key, holder text not null, ends_at timestamptz not null)
  `.execute(db);
}
