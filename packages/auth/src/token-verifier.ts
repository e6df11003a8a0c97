import { AuthError } from "./auth-error.js";
import { checkLifetime, type LifetimeOptions } from "./check-lifetime.js";
import type { Claims } from "./claims.js";
import { ClaimsCache } from "./claims-cache.js";
import type { KeyRing } from "./key-ring.js";
import { locateKey } from "./locate-key.js";
import type { Revocations } from "./revocations.js";
import { verifyToken } from "./verify-token.js";

/** What a {@link TokenVerifier} is made of. */
export interface TokenVerifierOptions extends LifetimeOptions {
  /** The keys of the audience that calls. */
  readonly ring: KeyRing;
  /** Asked on every call, for remembered tokens too. */
  readonly revocations?: Revocations;
  /** How many verified tokens to remember. Defaults to 10 000 (about 10 MB); 0 remembers none. */
  readonly cacheSize?: number;
  /** The clock, in milliseconds since the Unix epoch. Defaults to `Date.now`. */
  readonly now?: () => number;
}

/**
 * {@link verifyToken} for a server: remembers the tokens it has verified, which saves the cryptography but no decision.
 * Lifetime, revocation and the presence of the token's key in the ring are looked at on every call, so an expiry, a
 * revocation or a removed key takes effect at once.
 */
export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #now: () => number;
  readonly #cache: ClaimsCache;

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#cache = new ClaimsCache(options.cacheSize ?? 10_000);
  }

  /** How many verified tokens are remembered now. */
  get cachedTokens(): number {
    return this.#cache.size;
  }

  /**
   * Verifies a token.
   *
   * @param token - what the caller presented; `undefined` when it presented nothing
   * @returns frozen claims, the same object for the same remembered token
   * @throws {@link AuthError} as {@link verifyToken} does
   */
  async verify(token: string | undefined): Promise<Claims> {
    const now = this.#now();
    locateKey(this.#options.ring, token);
    // locateKey refuses a missing token.
    const presented = token as string;
    const remembered = this.#cache.get(presented);
    if (remembered !== undefined) return this.#judgeAgain(presented, remembered, now);
    const claims = await verifyToken(this.#options.ring, presented, { ...this.#options, now });
    this.#cache.set(presented, claims);
    return claims;
  }

  #judgeAgain(token: string, claims: Claims, now: number): Claims {
    try {
      checkLifetime(claims, now, this.#options);
    } catch (error) {
      this.#cache.delete(token);
      throw error;
    }
    if (this.#options.revocations?.isRevoked(claims)) {
      this.#cache.delete(token);
      throw new AuthError("token_revoked");
    }
    return claims;
  }
}
