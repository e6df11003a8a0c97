/** How Node says that the other end of a call's stream, or its connection, is not there any more. */
const GONE = new Set([
  "ECANCELED",
  "ECONNRESET",
  "EPIPE",
  "ERR_HTTP2_INVALID_SESSION",
  "ERR_HTTP2_INVALID_STREAM",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_STREAM_WRITE_AFTER_END",
]);

/**
 * Whether reading a call or writing its answer failed because the caller, or the gateway in between, went away. Only for
 * errors of the call's own stream: a store's connection breaks with the same codes.
 */
export function isCallerGone(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if ("code" in cause && typeof cause.code === "string" && GONE.has(cause.code)) return true;
    // Connect's words for a stream that the caller has reset.
    if (/^(\[\w+\] )?http\/2 stream closed with error code/.test(cause.message)) return true;
  }
  return false;
}
