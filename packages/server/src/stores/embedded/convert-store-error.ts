import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../../matching/service-error.js";

// SQLSTATE classes of failures that are the system's and may pass: connection, resources, intervention, system, internal.
const UNAVAILABLE_CLASSES = new Set(["08", "53", "57", "58", "XX"]);
// Text that PostgreSQL cannot hold: it has no NUL, and no half of a surrogate pair.
const TEXT_STATES = new Set(["22021", "22P05", "22P02"]);

/** The ServiceError for an error of PGlite; an error that only a fault of ours explains is returned as it is. */
export function convertStoreError(error: unknown): unknown {
  const state = sqlState(error);
  if (TEXT_STATES.has(state)) {
    return new ServiceError(ErrorReason.FIELD_INVALID, "A text holds a character that cannot be stored.", {
      cause: error,
    });
  }
  if (UNAVAILABLE_CLASSES.has(state.slice(0, 2)) || isClosed(error)) {
    return new ServiceError(ErrorReason.STORE_UNAVAILABLE, "The embedded database is not available.", { cause: error });
  }
  return error;
}

function sqlState(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

function isClosed(error: unknown): boolean {
  return error instanceof Error && /closed|closing/i.test(error.message);
}
