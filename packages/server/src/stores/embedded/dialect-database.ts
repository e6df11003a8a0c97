import type { PGliteDialectConfig } from "kysely";
import { convertStoreError } from "./convert-store-error.js";
import type { Statements, ThreadedDatabase } from "./threaded-database.js";

/** A database as kysely's PGlite dialect sees it. */
type DialectDatabase = Exclude<PGliteDialectConfig["pglite"], (...args: never[]) => unknown>;

/** The embedded database as kysely's dialect wants it. */
export function dialectDatabase(database: ThreadedDatabase): DialectDatabase {
  return {
    get closed() {
      return database.closed;
    },
    ready: true,
    waitReady: Promise.resolve(),
    close: () => database.close(),
    query: queryOf(database),
    transaction: (callback) =>
      database.transaction((transaction) =>
        callback({ query: queryOf(transaction), rollback: () => transaction.rollback() }),
      ),
  };
}

function queryOf(statements: Statements): DialectDatabase["query"] {
  return async <T>(text: string, parameters?: unknown[]) => {
    try {
      const { rows, affectedRows } = await statements.query(text, parameters, "exact");
      return { rows: rows as T[], fields: [], ...(affectedRows !== undefined && { affectedRows }) };
    } catch (error) {
      throw convertStoreError(error);
    }
  };
}
