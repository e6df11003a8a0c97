import type { CineDeepMatchError } from "./error.js";

// Node's names for a connection that was never made; its fetch has them, too.
const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/;
// HTTP/2 promises that nothing was done for a stream that is reset with it. A server that is about to stop does so.
const REFUSED_STREAM = "REFUSED_STREAM";

/**
 * Whether it is certain that the server has not seen the call: there was no connection, or the gateway says so. Then it may
 * be repeated whatever it does, and adds nothing to the server's load. Browsers do not tell.
 */
export function isUnsent({ reason, cause: first }: CineDeepMatchError): boolean {
  if (reason !== undefined) return reason === "SERVER_UNREACHED";
  for (let cause = first, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if ("code" in cause && typeof cause.code === "string" && NEVER_CONNECTED.test(cause.code)) return true;
    if (cause.message.includes(REFUSED_STREAM)) return true;
  }
  return false;
}
