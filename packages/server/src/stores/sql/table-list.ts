import { type Kysely, sql } from "kysely";
import { SCHEMA } from "./migrate.js";

/** A table as the database describes it. */
export interface ListedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What is not data: what was migrated, and who does what at this moment. */
const OTHERS = ["kysely_migration", "kysely_migration_lock", "leases"];

/**
 * Our tables, those that others refer to first.
 *
 * @param left names of tables that are left out
 */
export async function listTables<Tables>(db: Kysely<Tables>, left: readonly string[]): Promise<ListedTable[]> {
  const { rows } = await sql<{ name: string; columns: string[]; refers_to: string[] }>`
    select relation.relname as name,
      array(select attname::text from pg_attribute
        where attrelid = relation.oid and attnum > 0 and not attisdropped order by attname) as columns,
      array(select target.relname::text from pg_constraint join pg_class target on target.oid = confrelid
        where conrelid = relation.oid and contype = 'f' and confrelid <> relation.oid) as refers_to
    from pg_class relation where relation.relnamespace = ${SCHEMA}::regnamespace and relation.relkind in ('r', 'p')
      and not relation.relispartition order by relation.relname`.execute(db);
  const tables = rows.filter(({ name }) => !OTHERS.includes(name) && !left.includes(name));
  const ordered = new Map<string, ListedTable>();
  const visit = ({ name, columns, refers_to }: (typeof tables)[number]) => {
    if (ordered.has(name)) return;
    for (const table of tables) if (refers_to.includes(table.name)) visit(table);
    ordered.set(name, { name, columns });
  };
  tables.forEach(visit);
  return [...ordered.values()];
}

/** The last numbers that our sequences gave out, as text. */
export async function readSequences<Tables>(
  db: Kysely<Tables>,
  left: readonly string[],
): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string; value: string }>`
    select sequencename as name, last_value::text as value from pg_sequences
    where schemaname = ${SCHEMA} and last_value is not null order by sequencename`.execute(db);
  return Object.fromEntries(rows.filter(({ name }) => !left.includes(name)).map(({ name, value }) => [name, value]));
}
