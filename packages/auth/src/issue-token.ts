import { randomUUID } from "node:crypto";
import { audienceAssertion } from "./audience.js";
import { AuthError } from "./auth-error.js";
import type { Claims, ClaimsToIssue } from "./claims.js";
import type { KeyRing } from "./key-ring.js";
import { MAX_TOKEN_LENGTH } from "./locate-key.js";
import { protocol } from "./protocol.js";
import { toPayload } from "./token-payload.js";

/** A new token beside what it says. */
export interface IssuedToken {
  /** The token, to be given to its holder and kept nowhere. */
  readonly token: string;
  /** The claims in it, with every default filled in. */
  readonly claims: Claims;
}

/**
 * Issues a v4.local token with the ring's issuing key.
 *
 * @param ring - the keys of the audience the token is for
 * @param claims - what the token is to say
 * @throws {@link AuthError} `claims_invalid` for an empty name, a scope that is not a word, or a token that would end
 *   before it starts; `token_wrong_audience` for another audience than the ring's; `token_too_long` above
 *   4096 characters; `key_none_issuing`
 */
export async function issueToken(ring: KeyRing, claims: ClaimsToIssue): Promise<IssuedToken> {
  const complete = completeClaims(ring, claims);
  const key = ring.issuingKey();
  const token = await protocol.Encrypt(key, toPayload(complete), {
    footer: key.footer,
    implicitAssertion: audienceAssertion(ring.audience),
    addIssuedAt: false,
  });
  if (token.length > MAX_TOKEN_LENGTH) throw new AuthError("token_too_long");
  return { token, claims: complete };
}

function completeClaims(ring: KeyRing, claims: ClaimsToIssue): Claims {
  const { subject, userId, expiresAt, audience = ring.audience, tenant = "default", tokenId = randomUUID() } = claims;
  const { issuedAt = Date.now(), notBefore = issuedAt } = claims;
  if (audience !== ring.audience) throw new AuthError("token_wrong_audience");
  for (const [field, name] of Object.entries({ subject, tenant, tokenId, userId: userId ?? "none" })) {
    if (typeof name !== "string" || name === "") throw new AuthError("claims_invalid", `${field} must not be empty`);
  }
  if (!claims.scopes.every((scope) => typeof scope === "string" && /^\S+$/.test(scope))) {
    throw new AuthError("claims_invalid", "Every scope must be a word without white space");
  }
  if (![issuedAt, notBefore, expiresAt].every(isInstant) || expiresAt <= issuedAt || expiresAt <= notBefore) {
    throw new AuthError("claims_invalid", "A token must end after it is issued and after it becomes valid");
  }
  const scopes = Object.freeze([...claims.scopes]);
  const complete = { subject, audience, scopes, tenant, tokenId, issuedAt, notBefore, expiresAt };
  return Object.freeze(userId === undefined ? complete : { ...complete, userId });
}

/** Milliseconds that RFC 3339's four-digit years can say; this also catches seconds or dates of other units gone wrong. */
function isInstant(milliseconds: number): boolean {
  return Number.isSafeInteger(milliseconds) && milliseconds >= 0 && milliseconds < Date.UTC(10_000, 0);
}
