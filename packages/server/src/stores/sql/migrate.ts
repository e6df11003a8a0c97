import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

/** The schema of our tables. Every reference to one must name it: the search path may be another's. */
export const SCHEMA = "cinedeepmatch";

/**
 * Brings a database's tables up to date. Call it for one starter at a time.
 *
 * Migrations only ever add, so that servers of the former release go on working while those of the next one start. A
 * database may therefore have migrations that this release does not know; they are passed over.
 *
 * @param migrations by name; a migration that has been released never changes, because databases that ran it would not
 *   run it again
 */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  await sql`create schema if not exists ${sql.id(SCHEMA)}`.execute(db);
  const later = await laterMigrations(db, Object.keys(migrations).sort().at(-1) ?? "");
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations, ...later }) },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/** What a later release has done to the database, as migrations with nothing left to do. */
async function laterMigrations<Tables>(db: Kysely<Tables>, lastKnown: string): Promise<Record<string, Migration>> {
  const table = `${SCHEMA}.kysely_migration`;
  const { rows: found } = await sql<{ found: boolean }>`select to_regclass(${table}) is not null as found`.execute(db);
  if (!found[0]?.found) return {};
  const { rows } = await sql<{ name: string }>`
    select name from ${sql.table(table)} where name > ${lastKnown}`.execute(db);
  return Object.fromEntries(rows.map(({ name }) => [name, { up: async () => {} }]));
}
