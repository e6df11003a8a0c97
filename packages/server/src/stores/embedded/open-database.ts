import { join } from "node:path";
import { Kysely, PGliteDialect } from "kysely";
import { migrate, SCHEMA } from "../sql/migrate.js";
import type { DataDirectory } from "./data-directory.js";
import { dialectDatabase } from "./dialect-database.js";
import { startMaintenance } from "./maintain-database.js";
import { migrations } from "./migrations.js";
import type { EmbeddedTables } from "./schema.js";
import { ThreadedDatabase } from "./threaded-database.js";

/**
 * The files are in the system's cache anyway, so that a large cache of PostgreSQL's own only costs memory; and with a
 * smaller one, a log that is cut off earlier and a smaller sample for the planner, maintenance holds other statements up
 * for less time.
 */
const SETTINGS = ["shared_buffers=32MB", "max_wal_size=64MB", "min_wal_size=32MB", "default_statistics_target=10"];

/** How the embedded database is opened. */
export interface OpenDatabaseOptions {
  /** Told of failed maintenance, which is tried again; for the log. */
  readonly onMaintenanceError?: (error: unknown) => void;
}

/** An open embedded database. */
export interface EmbeddedDatabase {
  /** Our tables. */
  readonly db: Kysely<EmbeddedTables>;
  /** The database itself, for `createBullmqPool`. */
  readonly connection: ThreadedDatabase;
  /** Closes the database after the queries under way. Close what uses it first, and the data directory afterwards. */
  close(): Promise<void>;
}

/**
 * Opens the embedded database of a data directory, makes it if there is none, and brings its tables up to date.
 *
 * A write is on the operating system's side when its promise resolves, so that it survives the end of this process.
 * It may not survive a power cut: PGlite does not force data out to the disk. A deployment that needs that has a
 * PostgreSQL server.
 */
export async function openDatabase(
  directory: DataDirectory,
  options: OpenDatabaseOptions = {},
): Promise<EmbeddedDatabase> {
  const connection = await ThreadedDatabase.open(join(directory.path, "postgres"), SETTINGS);
  const kysely = new Kysely<EmbeddedTables>({ dialect: new PGliteDialect({ pglite: dialectDatabase(connection) }) });
  try {
    await migrate(kysely, migrations);
  } catch (error) {
    await connection.close();
    throw error;
  }
  const stopMaintenance = startMaintenance(connection, options.onMaintenanceError ?? (() => {}));
  return {
    // BullMQ shares the connection and its search path is BullMQ's schema.
    db: kysely.withSchema(SCHEMA),
    connection,
    async close() {
      await stopMaintenance();
      // Waits for its turn behind whatever runs.
      await kysely.connection().execute(async () => {});
      await kysely.destroy();
    },
  };
}
