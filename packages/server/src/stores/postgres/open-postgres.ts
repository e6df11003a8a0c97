import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { awaitServer } from "../await-server.js";
import { migrate, SCHEMA } from "../sql/migrate.js";
import { FailingFastPool } from "./failing-fast-pool.js";
import { migrations } from "./migrations.js";
import type { PostgresTables } from "./schema.js";

/** How a PostgreSQL database is opened. */
export interface OpenPostgresOptions {
  /** `postgres://user:password@host:5432/database`; with `?sslmode=verify-full` over TLS. */
  readonly url: string;
  /** How many connections there may be; 10 unless given. All servers together must stay below `max_connections`. */
  readonly poolSize?: number;
  /** How long a statement may take; 1.5 seconds unless given. */
  readonly statementTimeoutMs?: number;
  readonly log: { warn(fields: object, message: string): void };
}

/** An open PostgreSQL database. */
export interface OpenPostgres {
  /** Our tables. */
  readonly db: Kysely<PostgresTables>;
  /** Closes all connections after the queries under way. */
  close(): Promise<void>;
}

const STATEMENT_MS = 1_500;
/** For a connection, also when all are in use. */
const CONNECT_MS = 1_500;
const IDLE_MS = 30_000;
/** Now and then a new one, so that connections spread over the servers behind a name. */
const LIFETIME_SECONDS = 1_800;
/** Any number that is ours alone. */
const MIGRATION_LOCK = 4_961_263_007;
const MIGRATION_MS = 10 * 60_000;

/**
 * Opens a PostgreSQL database (14 or later) and brings its tables up to date; waits for a server that is starting.
 *
 * A call fails with STORE_UNAVAILABLE within two seconds when the server is down, frozen or overloaded, and succeeds
 * again at most two seconds after the server is back.
 */
export async function openPostgres(options: OpenPostgresOptions): Promise<OpenPostgres> {
  await awaitServer(() => migrateInTurn(options), options.log);
  const { db, close } = connect(options, {
    max: options.poolSize ?? 10,
    statementMs: options.statementTimeoutMs ?? STATEMENT_MS,
  });
  return { db: db.withSchema(SCHEMA), close };
}

function connect({ url, log }: OpenPostgresOptions, limits: { max: number; statementMs: number }) {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "cinedeepmatch",
    max: limits.max,
    connectionTimeoutMillis: CONNECT_MS,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: LIFETIME_SECONDS,
    keepAlive: true,
    statement_timeout: limits.statementMs,
    // For a server that no longer answers; a little later, so that otherwise it is the server that gives up.
    query_timeout: limits.statementMs + 300,
    // Of a process that was suspended in the middle of a transaction, whose locks would hold everybody up.
    idle_in_transaction_session_timeout: 10_000,
    types: { getTypeParser },
  });
  pool.on("error", (error) => log.warn({ error: error.message }, "a connection to PostgreSQL broke"));
  // The pool listens only while a connection is idle; one that breaks between two statements would end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  const db = new Kysely<PostgresTables>({ dialect: new PostgresDialect({ pool: new FailingFastPool(pool) }) });
  return { db, close: () => db.destroy() };
}

/** How values of our tables are read: `bigint` as BigInt. Only for these connections. */
const getTypeParser = ((type: number, format?: "text" | "binary") =>
  type === pg.types.builtins.INT8 && format !== "binary"
    ? BigInt
    : pg.types.getTypeParser(type, format as "text")) as typeof pg.types.getTypeParser;

/** Of several servers that start together one migrates, and the others wait for it. */
async function migrateInTurn(options: OpenPostgresOptions): Promise<void> {
  // The lock is the session's: it goes when this one connection does, whatever happens.
  const { db, close } = connect(options, { max: 1, statementMs: MIGRATION_MS });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`.execute(db);
    await migrate(db, migrations);
  } finally {
    await close();
  }
}
