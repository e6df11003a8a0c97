import type { DescMethod } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import type { CineDeepMatchError } from "./error.js";
import { isUnsent } from "./unsent.js";

const BASE_MS = 250;
const MAX_MS = 8_000;
// A server that asks for more is better reported to the caller than waited for.
const MAX_SERVER_MS = 60_000;

/** A failed attempt. */
export interface FailedAttempt {
  readonly method: DescMethod;
  readonly error: CineDeepMatchError;
  /** How often the call was retried before. */
  readonly retries: number;
  /** Milliseconds until the call's deadline; undefined where there is none. */
  readonly remainingMs: number | undefined;
}

/**
 * Returns how long to wait before the next attempt, in milliseconds, or undefined where there must be none: the method
 * is not safe to repeat and may have been done, the failure will not pass, or the deadline comes first.
 */
export function retryDelay(attempt: FailedAttempt, random: () => number = Math.random): number | undefined {
  const { method, error, retries, remainingMs } = attempt;
  if (!error.retryable || !(isSafeToRepeat(method) || isUnsent(error))) return undefined;
  const delay = waitFor(error.retryAfterMs, retries, random);
  if (delay === undefined || (remainingMs !== undefined && delay >= remainingMs)) return undefined;
  return delay;
}

function isSafeToRepeat({ idempotency }: DescMethod): boolean {
  return idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
}

function waitFor(askedMs: number | undefined, retries: number, random: () => number): number | undefined {
  if (askedMs === undefined) return random() * Math.min(MAX_MS, BASE_MS * 2 ** retries);
  // Never sooner than asked, and not all clients in the same moment.
  return askedMs > MAX_SERVER_MS ? undefined : askedMs * (1 + random() / 10);
}
