import type { Audience } from "./audience.js";

/** What a verified token says. All instants are milliseconds since the Unix epoch. Objects of this type are frozen. */
export interface Claims {
  /** Who holds the token: an account, an API key's owner or a model worker (`sub`). */
  readonly subject: string;
  /** Whom the token is for; equals the audience of the ring that verified it (`aud`). */
  readonly audience: Audience;
  /** What the holder may do; plain strings whose meaning the server owns (`scp`). */
  readonly scopes: readonly string[];
  /** The tenant the token is confined to (`tnt`). */
  readonly tenant: string;
  /** The one user the token is bound to; absent when the holder may act for any user of the tenant (`uid`). */
  readonly userId?: string;
  /** Identifies this token, for revocation (`jti`). */
  readonly tokenId: string;
  /** When the token was made (`iat`). */
  readonly issuedAt: number;
  /** The token is refused before this instant (`nbf`). */
  readonly notBefore: number;
  /** The token is refused after this instant (`exp`). */
  readonly expiresAt: number;
}

/** What a token is to say; whatever is left out takes the default named here. */
export interface ClaimsToIssue {
  /** Who will hold the token. */
  readonly subject: string;
  /** What the holder may do. May be empty. */
  readonly scopes: readonly string[];
  /** When the token ends, in milliseconds since the Unix epoch. */
  readonly expiresAt: number;
  /** Defaults to the ring's audience; any other is refused with `token_wrong_audience`. */
  readonly audience?: Audience;
  /** Defaults to `"default"`. */
  readonly tenant?: string;
  /** Binds the token to one user. */
  readonly userId?: string;
  /** Defaults to a random UUID. */
  readonly tokenId?: string;
  /** Defaults to the current time, in milliseconds since the Unix epoch. */
  readonly issuedAt?: number;
  /** Defaults to `issuedAt`. */
  readonly notBefore?: number;
}
