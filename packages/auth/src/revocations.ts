import type { Claims } from "./claims.js";

/**
 * Tells whether an authentic token has been taken back. The server supplies it, from memory: it is asked on every
 * call, cached tokens included, so it is synchronous and must be quick.
 *
 * An implementation keeps two things: revoked token ids (until the token's own expiry), and per tenant and subject an
 * epoch: a token whose `issuedAt` lies before the epoch is refused, which signs a subject out everywhere at once.
 */
export interface Revocations {
  /** `true` refuses the token with `token_revoked`. An exception refuses the call too: nothing fails open. */
  isRevoked(claims: Claims): boolean;
}
