import { type Audience, ISSUER } from "./audience.js";
import type { Claims } from "./claims.js";

/** Claims as they stand in a token: PASETO's registered names, RFC 3339 instants, and three names of our own. */
export type TokenPayload = Readonly<
  Record<"iss" | "sub" | "aud" | "jti" | "iat" | "nbf" | "exp" | "tnt", string> & {
    scp: readonly string[];
    uid?: string;
  }
>;

/** Claims to the payload of a token. */
export function toPayload(claims: Claims): TokenPayload {
  const payload = {
    iss: ISSUER,
    sub: claims.subject,
    aud: claims.audience,
    jti: claims.tokenId,
    iat: new Date(claims.issuedAt).toISOString(),
    nbf: new Date(claims.notBefore).toISOString(),
    exp: new Date(claims.expiresAt).toISOString(),
    scp: [...claims.scopes],
    tnt: claims.tenant,
  };
  return claims.userId === undefined ? payload : { ...payload, uid: claims.userId };
}

/** The payload of a token to frozen claims; `undefined` when a part is missing or of another type. */
export function fromPayload(payload: Readonly<Record<string, unknown>>, audience: Audience): Claims | undefined {
  const { sub, jti, scp, tnt, uid } = payload;
  const issuedAt = instant(payload.iat);
  const notBefore = instant(payload.nbf);
  const expiresAt = instant(payload.exp);
  if (typeof sub !== "string" || typeof jti !== "string" || typeof tnt !== "string") return undefined;
  if (issuedAt === undefined || notBefore === undefined || expiresAt === undefined) return undefined;
  if (!Array.isArray(scp) || !scp.every((scope) => typeof scope === "string")) return undefined;
  if (uid !== undefined && typeof uid !== "string") return undefined;
  const scopes = Object.freeze([...scp]);
  const claims = { subject: sub, audience, scopes, tenant: tnt, tokenId: jti, issuedAt, notBefore, expiresAt };
  return Object.freeze(uid === undefined ? claims : { ...claims, userId: uid });
}

/** An RFC 3339 date-time in milliseconds since the Unix epoch. */
export function instant(value: unknown): number | undefined {
  const milliseconds = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
