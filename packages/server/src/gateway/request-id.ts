import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The header that names a request in every log line and every answer. */
export const requestIdHeader = "x-request-id";

// Anything else could forge log lines or answer headers.
const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** Returns the caller's request id if it is acceptable, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  const given = headers[requestIdHeader];
  return typeof given === "string" && acceptable.test(given) ? given : randomUUID();
}
