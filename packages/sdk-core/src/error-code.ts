import type { Code } from "@connectrpc/connect";

// In the order of their numbers, from 1: https://connectrpc.com/docs/protocol#error-codes
const CODES = [
  "canceled",
  "unknown",
  "invalid_argument",
  "deadline_exceeded",
  "not_found",
  "already_exists",
  "permission_denied",
  "resource_exhausted",
  "failed_precondition",
  "aborted",
  "out_of_range",
  "unimplemented",
  "internal",
  "unavailable",
  "data_loss",
  "unauthenticated",
] as const;

/** The kinds of failure, as Connect and gRPC name them. */
export type ErrorCode = (typeof CODES)[number];

/** Returns the name of a Connect code. */
export function errorCode(code: Code): ErrorCode {
  return CODES[code - 1] ?? "unknown";
}
