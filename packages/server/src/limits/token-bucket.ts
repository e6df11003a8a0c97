import type { Rate, RateVerdict } from "./rate-limiter.js";

/**
 * A token bucket kept as one number: the instant at which the bucket will be full again (the generic cell rate
 * algorithm). One number has no race between counting and refilling, and tells when it can be forgotten.
 *
 * @param fullAt what was kept, in milliseconds since the epoch; `undefined` for a full bucket
 * @returns the verdict, and the instant to keep, which is `fullAt` when the take is refused
 */
export function takeFromBucket(
  rate: Rate,
  fullAt: number | undefined,
  now: number,
): { readonly verdict: RateVerdict; readonly fullAt: number } {
  const { limit, windowMs } = rate;
  const interval = windowMs / limit;
  const current = Math.max(fullAt ?? 0, now);
  const next = current + interval;
  const wait = next - windowMs - now;
  const allowed = wait <= 0;
  const kept = allowed ? next : current;
  return { verdict: verdictOf(rate, kept - now, allowed ? 0 : wait), fullAt: kept };
}

/** @param emptyMs how long the bucket takes to be full again */
export function verdictOf({ limit, windowMs }: Rate, emptyMs: number, retryAfterMs: number): RateVerdict {
  const remaining = Math.max(0, Math.floor(((windowMs - emptyMs) * limit) / windowMs + 1e-9));
  return { allowed: retryAfterMs <= 0, limit, remaining, resetMs: emptyMs, retryAfterMs };
}
