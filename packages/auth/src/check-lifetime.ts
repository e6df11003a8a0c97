import { AuthError } from "./auth-error.js";
import type { Claims } from "./claims.js";

/** How the clock is applied to a token. */
export interface LifetimeOptions {
  /** How far the clocks of issuer and verifier may be apart, in milliseconds. Defaults to 30 000. */
  readonly clockToleranceMs?: number;
  /** Refuses tokens issued longer ago than this many milliseconds, whatever their own expiry says. No default. */
  readonly maxTokenAgeMs?: number;
}

/** The clock tolerance of tokens, in milliseconds. */
export const CLOCK_TOLERANCE_MS = 30_000;

/**
 * Checks that claims hold at an instant.
 *
 * @param now - milliseconds since the Unix epoch
 * @throws {@link AuthError} `token_expired`, also for a token that is too old; `token_not_yet_valid`
 */
export function checkLifetime(claims: Claims, now: number, options: LifetimeOptions): void {
  const { clockToleranceMs = CLOCK_TOLERANCE_MS, maxTokenAgeMs = Number.POSITIVE_INFINITY } = options;
  if (now - clockToleranceMs > Math.min(claims.expiresAt, claims.issuedAt + maxTokenAgeMs)) {
    throw new AuthError("token_expired");
  }
  if (now + clockToleranceMs < Math.max(claims.notBefore, claims.issuedAt)) throw new AuthError("token_not_yet_valid");
}
