import type { AccountStore, FoundApiKey, Revocation, StoredRevocation, StoredUser } from "./account-store.js";

/** An account store in memory, for tests of what stands on it. Sessions are left to the suite of the real ones. */
export class MemoryAccountStore {
  readonly users = new Map<string, StoredUser>();
  readonly keys = new Map<string, FoundApiKey>();
  readonly revocations: StoredRevocation[] = [];
  /** Set to make every reading of revocations fail. */
  failure: Error | undefined;
  keyUses = 0;

  readonly store = {
    createUser: async (tenant, user) => {
      const name = JSON.stringify([tenant, user.email]);
      if (this.users.has(name)) return false;
      this.users.set(name, { id: user.id, passwordHash: user.passwordHash });
      return true;
    },
    findUser: async (tenant, email) => this.users.get(JSON.stringify([tenant, email])),
    replacePasswordHash: async (_tenant, userId, from, to) => {
      for (const [name, user] of this.users) {
        if (user.id === userId && user.passwordHash === from) this.users.set(name, { ...user, passwordHash: to });
      }
    },
    createApiKey: async (tenant, key) => {
      this.keys.set(key.id, { ...key, tenant, lastUsedAt: undefined, revokedAt: undefined });
    },
    findApiKey: async (id) => this.keys.get(id),
    recordApiKeyUse: async (_tenant, id, at) => {
      this.keyUses++;
      this.keys.set(id, { ...(this.keys.get(id) as FoundApiKey), lastUsedAt: at });
    },
    revokeApiKey: async (tenant, id, at, revocation) => {
      const key = this.keys.get(id);
      if (key?.tenant !== tenant) return false;
      this.keys.set(id, { ...key, revokedAt: at });
      this.#revoke(tenant, revocation);
      return true;
    },
    revoke: async (tenant, revocation) => this.#revoke(tenant, revocation),
    revocationsAfter: async (revision, limit) => {
      if (this.failure !== undefined) throw this.failure;
      return this.revocations.filter((each) => each.revision > revision).slice(0, limit);
    },
  } satisfies Partial<AccountStore> as Partial<AccountStore> as AccountStore;

  #revoke(tenant: string, revocation: Revocation): void {
    this.revocations.push({ ...revocation, tenant, revision: BigInt(this.revocations.length + 1) });
  }
}
