import type { CursorQuery, Page } from "../matching/catalog-store.js";

/**
 * Keeps users with passwords, API keys, sessions and what has been revoked. Each adapter passes the same suite of
 * tests, `stores/account-store.suite.ts`. Secrets come here as digests and passwords as hashes, never as they are.
 * Every write is atomic and safe on disk when its promise resolves. Instants are milliseconds since the epoch.
 */
export interface AccountStore {
  /** Creates a user; false, with nothing changed, when the tenant has one with this address. */
  createUser(tenant: string, user: NewUser): Promise<boolean>;

  /** The user with this address. */
  findUser(tenant: string, email: string): Promise<StoredUser | undefined>;

  /** Replaces a password's hash if it still is `from`. */
  replacePasswordHash(tenant: string, userId: string, from: string, to: string): Promise<void>;

  /** Keeps a new API key. */
  createApiKey(tenant: string, key: NewApiKey): Promise<void>;

  /** An API key of any tenant: whoever presents it has no token yet that would name one. */
  findApiKey(id: string): Promise<FoundApiKey | undefined>;

  /** A page of a tenant's keys, the revoked ones included, newest first. */
  listApiKeys(tenant: string, query: CursorQuery): Promise<Page<StoredApiKey>>;

  /** Notes that a key was used. */
  recordApiKeyUse(tenant: string, id: string, at: number): Promise<void>;

  /** Revokes a key, together with the tokens that `revocation` names; false when the tenant has no such key. */
  revokeApiKey(tenant: string, id: string, at: number, revocation: Revocation): Promise<boolean>;

  /** Begins a session with its first refresh token. */
  startSession(tenant: string, session: NewSession): Promise<void>;

  /**
   * Exchanges a refresh token of any tenant for the next. One that was used before ends its session and revokes the
   * session's tokens that are still valid.
   */
  rotateSession(digest: Uint8Array, next: RefreshToken, at: number): Promise<Rotation>;

  /** Ends all sessions of a user, together with the tokens that `revocation` names. */
  endSessions(tenant: string, userId: string, revocation: Revocation): Promise<void>;

  /** Revokes tokens. An epoch never goes back. */
  revoke(tenant: string, revocation: Revocation): Promise<void>;

  /**
   * What was revoked after a revision, of all tenants, oldest first. A revision is larger than every one that a reader
   * has seen, so that none is missed.
   */
  revocationsAfter(revision: bigint, limit: number): Promise<StoredRevocation[]>;

  /** What is stored about a user, but for the password's hash. */
  exportUser(tenant: string, userId: string): Promise<StoredUserData>;

  /** Deletes a user and the user's sessions, together with the tokens that `revocation` names. */
  eraseUser(tenant: string, userId: string, revocation: Revocation): Promise<ErasedUser>;

  /** Removes sessions, refresh tokens and revocations that had expired at an instant. */
  purge(at: number): Promise<void>;
}

/** A user to create. */
export interface NewUser {
  readonly id: string;
  /** Folded, so that equal addresses are equal texts. */
  readonly email: string;
  /** A PHC string. */
  readonly passwordHash: string;
  readonly createdAt: number;
}

/** What signing in needs to know of a user. */
export interface StoredUser {
  readonly id: string;
  readonly passwordHash: string;
}

/** What is stored about a user. */
export interface StoredUserData {
  /** Undefined for a user without a password. */
  readonly account: { readonly email: string; readonly createdAt: number } | undefined;
  readonly sessions: readonly { readonly createdAt: number; readonly expiresAt: number }[];
  /** Tokens bound to the user are refused when issued before; undefined when none was revoked. */
  readonly revokedBefore: number | undefined;
}

/** How much of a user was deleted. */
export interface ErasedUser {
  readonly accountCount: number;
  readonly sessionCount: number;
}

/** An API key to keep. */
export interface NewApiKey {
  readonly id: string;
  readonly displayName: string;
  readonly scopes: readonly string[];
  /** SHA-256 of the secret. */
  readonly secretDigest: Uint8Array;
  readonly createdAt: number;
  /** Undefined when never. */
  readonly expiresAt: number | undefined;
}

/** An API key as it is listed. */
export interface StoredApiKey extends Omit<NewApiKey, "secretDigest"> {
  readonly lastUsedAt: number | undefined;
  readonly revokedAt: number | undefined;
}

/** An API key as it is exchanged. */
export interface FoundApiKey extends StoredApiKey {
  readonly tenant: string;
  readonly secretDigest: Uint8Array;
}

/** A refresh token, and the token that was issued beside it. */
export interface RefreshToken {
  /** SHA-256 of the refresh token. */
  readonly digest: Uint8Array;
  readonly expiresAt: number;
  readonly tokenId: string;
  readonly tokenExpiresAt: number;
}

/** A session to begin. */
export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: number;
  readonly refreshToken: RefreshToken;
}

/** What came of presenting a refresh token; one that has expired is unknown. */
export type Rotation =
  | { readonly outcome: "rotated"; readonly tenant: string; readonly userId: string }
  | { readonly outcome: "reused"; readonly tenant: string; readonly userId: string }
  | { readonly outcome: "unknown" };

/** Tokens to refuse: one by its id; or all that a subject holds, or that are bound to a user, of before an epoch. */
export interface Revocation {
  readonly kind: "token" | "subject" | "user";
  readonly name: string;
  /** Tokens issued before this instant are refused; 0 for a single token. */
  readonly epoch: number;
  /** No token that this refuses is valid after this instant. */
  readonly expiresAt: number;
}

/** A revocation that is in force. */
export interface StoredRevocation extends Revocation {
  readonly tenant: string;
  readonly revision: bigint;
}
