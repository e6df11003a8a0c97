import { EventEmitter } from "node:events";
import { type PgPool, type PgPoolClient, type PgQueryResult, runMigrations } from "bullmq";
import type { ThreadedDatabase } from "./threaded-database.js";

/** The schema that BullMQ takes to be that of every pool it is given. */
const SCHEMA = "bullmq";

/**
 * Makes an embedded database the `pg.Pool` of BullMQ's PostgreSQL backend and brings BullMQ's tables up to date.
 *
 * All clients are the one connection that it has. That does no harm: BullMQ does each of its operations in a
 * single statement, statements wait while one of our transactions runs, and subscriptions are to the same channels.
 * The connection's search path becomes BullMQ's schema.
 *
 * BullMQ never ends a pool that it is given; call `end` before the database is closed.
 */
export async function createBullmqPool(database: ThreadedDatabase): Promise<PgPool> {
  const pool = new EmbeddedPool(database);
  await runMigrations(await pool.connect(), SCHEMA);
  await database.script(`set search_path to ${SCHEMA}`);
  return pool;
}

class EmbeddedPool extends EventEmitter implements PgPool {
  readonly #database: ThreadedDatabase;
  readonly #clients = new Set<EmbeddedClient>();
  readonly #stopListening: () => void;

  constructor(database: ThreadedDatabase) {
    super();
    // Each queue, worker and events reader listens for errors.
    this.setMaxListeners(0);
    this.#database = database;
    this.#stopListening = database.onNotification((channel, payload) => {
      for (const client of this.#clients) client.emit("notification", { channel, payload });
    });
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return runQuery<R>(this.#database, text, params);
  }

  async connect(): Promise<PgPoolClient> {
    const client = new EmbeddedClient(this.#database, (released) => this.#clients.delete(released));
    this.#clients.add(client);
    return client;
  }

  async end(): Promise<void> {
    this.#stopListening();
    this.#clients.clear();
  }
}

class EmbeddedClient extends EventEmitter implements PgPoolClient {
  readonly #database: ThreadedDatabase;
  readonly #onRelease: (client: EmbeddedClient) => void;

  constructor(database: ThreadedDatabase, onRelease: (client: EmbeddedClient) => void) {
    super();
    this.#database = database;
    this.#onRelease = onRelease;
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return runQuery<R>(this.#database, text, params);
  }

  release(): void {
    this.#onRelease(this);
  }
}

async function runQuery<R>(
  database: ThreadedDatabase,
  text: string,
  parameters?: readonly unknown[],
): Promise<PgQueryResult<R>> {
  // Like pg: without parameters a text may hold several statements.
  const found = parameters === undefined ? await database.script(text) : await database.query(text, parameters);
  return { rows: found.rows as R[], rowCount: found.affectedRows ?? null };
}
