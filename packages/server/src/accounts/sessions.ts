import { randomUUID } from "node:crypto";
import type { AccountStore, RefreshToken } from "./account-store.js";
import { credentialsRejected } from "./credentials-rejected.js";
import type { RevocationFeed } from "./revocation-feed.js";
import { digestOf, makeSecret } from "./secret.js";
import type { TokenIssuer } from "./token-issuer.js";

/** What a user gets who signs in. */
export interface SessionTokens {
  readonly token: string;
  readonly expiresAt: number;
  readonly refreshToken: string;
  readonly userId: string;
}

/** What {@link Sessions} are made of. */
export interface SessionsOptions {
  readonly store: AccountStore;
  readonly issuer: TokenIssuer;
  readonly feed: RevocationFeed;
  /** What a signed-in user may do. */
  readonly scopes: readonly string[];
  readonly log: { warn(fields: object, message: string): void };
  /** The clock, in milliseconds since the epoch. Defaults to `Date.now`. */
  readonly now?: () => number;
}

/** How long a user's token lives. */
export const USER_TOKEN_MS = 15 * 60_000;
/** How long a refresh token lives. */
export const REFRESH_TOKEN_MS = 30 * 24 * 3_600_000;

const PREFIX = "cdr_";

/** Signed-in users: a short-lived token, and a refresh token that works once. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #now: () => number;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Begins a session of a user whose password has just been checked. */
  async start(tenant: string, userId: string): Promise<SessionTokens> {
    const { text, refreshToken } = this.#next();
    const session = { id: randomUUID(), userId, createdAt: this.#now(), refreshToken };
    await this.#options.store.startSession(tenant, session);
    return this.#tokens(tenant, userId, text, refreshToken);
  }

  /**
   * Exchanges a refresh token for a new pair. CREDENTIALS_REJECTED for one that is unknown, has expired or was used
   * before; the last is a theft, by this caller or an earlier one, so it ends the session and revokes its tokens.
   */
  async refresh(presented: string): Promise<SessionTokens> {
    const { store, feed, log } = this.#options;
    const { text, refreshToken } = this.#next();
    const rotation = await store.rotateSession(digestOf(presented), refreshToken, this.#now());
    if (rotation.outcome === "rotated") return this.#tokens(rotation.tenant, rotation.userId, text, refreshToken);
    if (rotation.outcome === "reused") {
      await feed.refresh();
      // Not whose: logs outlive users.
      log.warn({ tenant: rotation.tenant }, "a refresh token was used twice; its session has been ended");
    }
    throw credentialsRejected();
  }

  #next(): { text: string; refreshToken: RefreshToken } {
    const { text, digest } = makeSecret(PREFIX);
    const now = this.#now();
    const lives = { expiresAt: now + REFRESH_TOKEN_MS, tokenExpiresAt: now + USER_TOKEN_MS };
    return { text, refreshToken: { digest, tokenId: randomUUID(), ...lives } };
  }

  async #tokens(tenant: string, userId: string, text: string, { tokenId, tokenExpiresAt }: RefreshToken) {
    const { issuer, scopes } = this.#options;
    const claims = { subject: `user:${userId}`, tenant, userId, scopes, tokenId, expiresAt: tokenExpiresAt };
    const { token } = await issuer.issue(claims);
    return { token, expiresAt: tokenExpiresAt, refreshToken: text, userId };
  }
}
