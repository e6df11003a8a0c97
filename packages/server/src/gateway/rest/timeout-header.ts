import type { IncomingHttpHeaders } from "node:http";
import { invalidField } from "./invalid-request.js";

/** The header with which a caller limits how long a call may take, in milliseconds. */
export const timeoutHeader = "x-request-timeout-ms";

// Node's timers take no more; longer ones fire at once.
const longestTimerMs = 2 ** 31 - 1;

/** Reads how long a call may take; undefined for no limit. `Connect-Timeout-Ms` does as well. */
export function timeoutOf(headers: IncomingHttpHeaders): number | undefined {
  for (const name of [timeoutHeader, "connect-timeout-ms"]) {
    const text = headers[name];
    if (text === undefined) continue;
    if (typeof text !== "string" || !/^\d{1,10}$/.test(text)) {
      throw invalidField(name, "expected milliseconds as a whole number of at most 10 digits");
    }
    return Math.min(Number(text), longestTimerMs);
  }
  return undefined;
}
