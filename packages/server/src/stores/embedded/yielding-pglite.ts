import type { PGlite } from "@electric-sql/pglite";
import type { PGliteDialectConfig } from "kysely";
import { convertStoreError } from "./convert-store-error.js";
import { takeTurn } from "./take-turns.js";

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

/** PGlite as kysely's dialect wants it, with one difference: queries leave the event loop its turns. */
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
    query: (query, params, options) => inTurn(() => pglite.query(query, params, { ...options, parsers })),
    transaction: (callback) =>
      pglite.transaction((transaction) =>
        callback({
          query: (query, params, options) => inTurn(() => transaction.query(query, params, { ...options, parsers })),
          rollback: () => transaction.rollback(),
        }),
      ),
  };
}

async function inTurn<T>(query: () => Promise<T>): Promise<T> {
  await takeTurn();
  try {
    return await query();
  } catch (error) {
    throw convertStoreError(error);
  }
}
