import { type Finding, findingsOf } from "./finding.js";

const { ok, warning, problem } = findingsOf("clock");
/** Tokens may be this far from the future: packages/auth. */
const TOLERANCE_MS = 30_000;
/** Revocations reckon with servers that agree to about this. */
const AGREEMENT_MS = 3_000;
/** The header has whole seconds. */
const HALF_SECOND_MS = 500;
const SYNCHRONIZE = "Synchronize both machines' clocks (NTP, for example chrony).";

/** Whether this machine's clock agrees with the server's, asked between two instants. */
export function judgeClock(serverClock: number | undefined, askedAt: number, answeredAt: number): readonly Finding[] {
  if (serverClock === undefined) return [];
  const offsetMs = serverClock + HALF_SECOND_MS - (askedAt + answeredAt) / 2;
  const seconds = Math.abs(offsetMs / 1_000);
  const direction = offsetMs > 0 ? "ahead of" : "behind";
  // What the way there and back took may be part of it.
  const doubtMs = HALF_SECOND_MS + (answeredAt - askedAt) / 2;
  if (Math.abs(offsetMs) - doubtMs < AGREEMENT_MS) return [ok("The server's clock agrees with this machine's.")];
  const message = `The server's clock is ${seconds.toFixed(0)} s ${direction} this machine's.`;
  if (seconds * 1_000 < TOLERANCE_MS) return [warning(message, SYNCHRONIZE)];
  return [problem(`${message} Tokens made on one may be refused by the other.`, SYNCHRONIZE)];
}
