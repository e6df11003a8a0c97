import { ClaimValidationError, PasetoError } from "paseto";
import { audienceAssertion, ISSUER } from "./audience.js";
import { AuthError, type AuthErrorCode } from "./auth-error.js";
import { CLOCK_TOLERANCE_MS, checkLifetime, type LifetimeOptions } from "./check-lifetime.js";
import type { Claims } from "./claims.js";
import type { KeyRing } from "./key-ring.js";
import { locateKey } from "./locate-key.js";
import { protocol } from "./protocol.js";
import type { Revocations } from "./revocations.js";
import { fromPayload } from "./token-payload.js";

/** How {@link verifyToken} judges a token. */
export interface VerifyTokenOptions extends LifetimeOptions {
  /** The instant to judge at, in milliseconds since the Unix epoch. Defaults to the current time. */
  readonly now?: number;
  /** Asked after everything else. Without it no token counts as revoked. */
  readonly revocations?: Revocations;
}

const REQUIRED = ["iss", "sub", "aud", "jti", "iat", "nbf", "exp", "scp", "tnt"];
const CODES: Readonly<Record<string, AuthErrorCode>> = {
  exp: "token_expired",
  nbf: "token_not_yet_valid",
  // Of `iat` the package is asked only whether it lies in the future; the age is checked here.
  iat: "token_not_yet_valid",
  aud: "token_wrong_audience",
};

/**
 * Verifies a token of the ring's audience and says what is in it. For many calls with the same tokens use
 * {@link TokenVerifier}, which remembers.
 *
 * @param ring - the keys of the audience the caller expects
 * @param token - what the caller presented; `undefined` when it presented nothing
 * @throws {@link AuthError} with a `token_…` code; a token of the other audience is `token_key_unknown`, because its key
 *   is not in this ring
 */
export async function verifyToken(
  ring: KeyRing,
  token: string | undefined,
  options: VerifyTokenOptions = {},
): Promise<Claims> {
  const { now = Date.now(), clockToleranceMs = CLOCK_TOLERANCE_MS } = options;
  const key = locateKey(ring, token);
  // locateKey refuses a missing token.
  const { claims: payload } = await protocol
    .Decrypt(key, token as string, {
      footer: key.footer,
      implicitAssertion: audienceAssertion(ring.audience),
      issuer: ISSUER,
      audience: ring.audience,
      requiredClaims: REQUIRED,
      now: new Date(now),
      clockTolerance: clockToleranceMs / 1000,
    })
    .catch(fail);
  const claims = fromPayload(payload, ring.audience);
  if (claims === undefined) throw new AuthError("token_invalid");
  checkLifetime(claims, now, options);
  if (options.revocations?.isRevoked(claims)) throw new AuthError("token_revoked");
  return claims;
}

/** The package's error is not kept as a cause: its own causes quote what they could not parse. */
function fail(error: unknown): never {
  if (!(error instanceof PasetoError)) throw error;
  const claim = error instanceof ClaimValidationError ? error.claim : undefined;
  throw new AuthError((claim !== undefined && CODES[claim]) || "token_invalid");
}
