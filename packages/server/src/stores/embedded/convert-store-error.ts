import { convertSqlError } from "../sql/convert-sql-error.js";

/** The ServiceError for an error of PGlite; an error that only a fault of ours explains is returned as it is. */
export function convertStoreError(error: unknown): unknown {
  return convertSqlError(error, "embedded database", ({ message }) => /closed|closing/i.test(message));
}
