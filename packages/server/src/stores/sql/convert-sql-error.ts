import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../../matching/service-error.js";

// SQLSTATE classes of failures that are the system's and may pass: connection, resources, intervention, system, internal.
const UNAVAILABLE_CLASSES = new Set(["08", "53", "57", "58", "XX"]);
// Text that PostgreSQL cannot hold: it has no NUL, and no half of a surrogate pair.
const TEXT_STATES = new Set(["22021", "22P05", "22P02"]);

/**
 * The ServiceError for an error of a database; an error that only a fault of ours explains is returned as it is.
 *
 * @param name what the database is called, for the message
 * @param isDown says of an error without an SQLSTATE whether it means that the database cannot be reached
 */
export function convertSqlError(error: unknown, name: string, isDown: (error: Error) => boolean): unknown {
  const state = sqlStateOf(error);
  if (TEXT_STATES.has(state)) {
    return new ServiceError(ErrorReason.FIELD_INVALID, "A text holds a character that cannot be stored.", {
      cause: error,
    });
  }
  const down = error instanceof Error && !(error instanceof ServiceError) && state === "" && isDown(error);
  if (UNAVAILABLE_CLASSES.has(state.slice(0, 2)) || down) {
    return new ServiceError(ErrorReason.STORE_UNAVAILABLE, `The ${name} is not available.`, { cause: error });
  }
  return error;
}

/** PostgreSQL's code of an error; empty when the error is not PostgreSQL's. */
export function sqlStateOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // Node's own codes, such as ECONNREFUSED, are longer.
  return typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) ? code : "";
}
