import type { AccountStore, ErasedUser, Revocation } from "./account-store.js";
import type { RevocationFeed } from "./revocation-feed.js";

/** No token is accepted that was issued longer ago; see {@link Revoker}. */
export const MAX_TOKEN_AGE_MS = 400 * 24 * 3_600_000;

/**
 * An epoch lies this far ahead: a server that has not heard of it yet, or whose clock is behind or ahead by a little,
 * may be issuing a token to the very subject at this moment. Servers that have heard date their tokens after it.
 */
export const EPOCH_AHEAD_MS = 5_000;

/** What a revocation takes aim at. */
export type RevocationTarget = Pick<Revocation, "kind" | "name">;

/** Takes tokens back. What it has revoked is refused by this process as soon as its promises resolve. */
export class Revoker {
  readonly #store: AccountStore;
  readonly #feed: RevocationFeed;
  readonly #now: () => number;

  constructor(ports: { store: AccountStore; feed: RevocationFeed; now?: () => number }) {
    this.#store = ports.store;
    this.#feed = ports.feed;
    this.#now = ports.now ?? Date.now;
  }

  /** Revokes tokens; of a user, the sessions as well. */
  async revoke(tenant: string, target: RevocationTarget): Promise<void> {
    const revocation = this.revocationOf(target);
    if (target.kind === "user") await this.#store.endSessions(tenant, target.name, revocation);
    else await this.#store.revoke(tenant, revocation);
    await this.#feed.refresh();
  }

  /** Revokes an API key and every token issued for it; false when the tenant has no such key. */
  async revokeApiKey(tenant: string, id: string): Promise<boolean> {
    const revocation = this.revocationOf({ kind: "subject", name: subjectOfKey(id) });
    const found = await this.#store.revokeApiKey(tenant, id, this.#now(), revocation);
    await this.#feed.refresh();
    return found;
  }

  /** Deletes a user with the user's sessions, and revokes every token bound to the user. */
  async eraseUser(tenant: string, userId: string): Promise<ErasedUser> {
    const erased = await this.#store.eraseUser(tenant, userId, this.revocationOf({ kind: "user", name: userId }));
    await this.#feed.refresh();
    return erased;
  }

  /** The revocation of everything that a target holds now. */
  revocationOf({ kind, name }: RevocationTarget): Revocation {
    const now = this.#now();
    // Kept for as long as a token may live that it refuses.
    const expiresAt = now + EPOCH_AHEAD_MS + MAX_TOKEN_AGE_MS;
    return { kind, name, epoch: kind === "token" ? 0 : now + EPOCH_AHEAD_MS, expiresAt };
  }
}

/** The subject of an API key's tokens, and of those that it mints for users. */
export function subjectOfKey(id: string): string {
  return `key:${id}`;
}
