import { setImmediate as nextTurn } from "node:timers/promises";
import type { PGlite } from "@electric-sql/pglite";
import type { PGliteDialectConfig } from "kysely";
import { convertStoreError } from "./convert-store-error.js";

/** PGlite as kysely sees it. */
type DialectPglite = Exclude<PGliteDialectConfig["pglite"], (...args: never[]) => unknown>;

// PostgreSQL's type numbers.
const BYTEA = 17;
const INT8 = 20;

/** How values of our tables are read. Only for our queries: BullMQ expects the driver's own ways. */
const parsers = {
  [BYTEA]: (hex: string) => Buffer.from(hex.slice(2), "hex"),
  [INT8]: BigInt,
};

/**
 * PGlite as kysely's dialect wants it, with one difference: every query begins in a turn of the event loop of its
 * own. PGlite runs on this thread and its promises resolve without a turn, so that a sequence of queries would hold
 * up every socket and timer from the first to the last.
 */
export function yieldingPglite(pglite: PGlite): DialectPglite {
  return {
    get closed() {
      return pglite.closed;
    },
    get ready() {
      return pglite.ready;
    },
    get waitReady() {
      return pglite.waitReady;
    },
    close: () => pglite.close(),
    query: (query, params, options) => inOwnTurn(() => pglite.query(query, params, { ...options, parsers })),
    transaction: (callback) =>
      pglite.transaction((transaction) =>
        callback({
          query: (query, params, options) => inOwnTurn(() => transaction.query(query, params, { ...options, parsers })),
          rollback: () => transaction.rollback(),
        }),
      ),
  };
}

async function inOwnTurn<T>(query: () => Promise<T>): Promise<T> {
  await nextTurn();
  try {
    return await query();
  } catch (error) {
    throw convertStoreError(error);
  }
}
