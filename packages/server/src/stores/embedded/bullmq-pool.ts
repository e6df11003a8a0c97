import { EventEmitter } from "node:events";
import type { PGlite } from "@electric-sql/pglite";
import { type PgPool, type PgPoolClient, type PgQueryResult, runMigrations } from "bullmq";
import { takeTurn } from "./take-turns.js";

/** The schema that BullMQ takes to be that of every pool it is given. */
const SCHEMA = "bullmq";

/**
 * Makes an embedded database the `pg.Pool` of BullMQ's PostgreSQL backend and brings BullMQ's tables up to date.
 *
 * All clients are the one connection that PGlite has. That does no harm: BullMQ does each of its operations in a
 * single statement, statements wait while one of our transactions runs, and subscriptions are to the same channels.
 * The connection's search path becomes BullMQ's schema.
 *
 * BullMQ never ends a pool that it is given; call `end` before the database is closed.
 */
export async function createBullmqPool(pglite: PGlite): Promise<PgPool> {
  const pool = new PglitePool(pglite);
  await runMigrations(await pool.connect(), SCHEMA);
  await pglite.exec(`set search_path to ${SCHEMA}`);
  return pool;
}

class PglitePool extends EventEmitter implements PgPool {
  readonly #pglite: PGlite;
  readonly #clients = new Set<PgliteClient>();
  readonly #stopListening: () => void;

  constructor(pglite: PGlite) {
    super();
    // Each queue, worker and events reader listens for errors.
    this.setMaxListeners(0);
    this.#pglite = pglite;
    this.#stopListening = pglite.onNotification((channel, payload) => {
      for (const client of this.#clients) client.emit("notification", { channel, payload });
    });
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return runQuery<R>(this.#pglite, text, params);
  }

  async connect(): Promise<PgPoolClient> {
    const client = new PgliteClient(this.#pglite, (released) => this.#clients.delete(released));
    this.#clients.add(client);
    return client;
  }

  async end(): Promise<void> {
    this.#stopListening();
    this.#clients.clear();
  }
}

class PgliteClient extends EventEmitter implements PgPoolClient {
  readonly #pglite: PGlite;
  readonly #onRelease: (client: PgliteClient) => void;

  constructor(pglite: PGlite, onRelease: (client: PgliteClient) => void) {
    super();
    this.#pglite = pglite;
    this.#onRelease = onRelease;
  }

  query<R>(text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
    return runQuery<R>(this.#pglite, text, params);
  }

  release(): void {
    this.#onRelease(this);
  }
}

/** One after the other, so that each asks for its turn when it is next. */
let last: Promise<unknown> = Promise.resolve();

function runQuery<R>(pglite: PGlite, text: string, params?: readonly unknown[]): Promise<PgQueryResult<R>> {
  const result = last.then(async () => {
    await takeTurn();
    // Like pg: without parameters a text may hold several statements.
    const found =
      params === undefined ? (await pglite.exec(text)).at(-1) : await pglite.query(text, params as unknown[]);
    return { rows: (found?.rows ?? []) as R[], rowCount: found?.affectedRows ?? null };
  });
  last = result.catch(() => {});
  return result;
}
