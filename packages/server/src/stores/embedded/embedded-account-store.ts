import type { Kysely } from "kysely";
import type { AccountStore, StoredUser } from "../../accounts/account-store.js";
import type { AccountTables } from "./account-tables.js";
import { createApiKey, findApiKey, listApiKeys, recordApiKeyUse, revokeApiKey } from "./api-key-rows.js";
import { revocationsAfter, revoke } from "./revocation-rows.js";
import type { EmbeddedTables } from "./schema.js";
import { endSessions, purgeSessions, rotateSession, startSession } from "./session-rows.js";

/** Accounts in the embedded database; see `openDatabase`. */
export function createEmbeddedAccountStore(options: { readonly db: Kysely<EmbeddedTables> }): AccountStore {
  // The same database, of which other files describe other tables.
  const db = options.db as unknown as Kysely<AccountTables>;
  // The database has one connection: transactions come one after another, and so do the revisions they take.
  const inTransaction = <T>(work: (transaction: Kysely<AccountTables>) => Promise<T>) => db.transaction().execute(work);
  return {
    async createUser(tenant, { id, email, passwordHash, createdAt }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto("users")
        .values({ tenant, id, email, password_hash: passwordHash, created_at: BigInt(createdAt) })
        .onConflict((conflict) => conflict.columns(["tenant", "email"]).doNothing())
        .executeTakeFirst();
      return numInsertedOrUpdatedRows === 1n;
    },
    findUser: (tenant, email) => findUser(db, tenant, email),
    async replacePasswordHash(tenant, userId, from, to) {
      await db
        .updateTable("users")
        .set({ password_hash: to })
        .where("tenant", "=", tenant)
        .where("id", "=", userId)
        .where("password_hash", "=", from)
        .execute();
    },
    createApiKey: (tenant, key) => createApiKey(db, tenant, key),
    findApiKey: (id) => findApiKey(db, id),
    listApiKeys: (tenant, query) => listApiKeys(db, tenant, query),
    recordApiKeyUse: (tenant, id, at) => recordApiKeyUse(db, tenant, id, at),
    revokeApiKey: (tenant, id, at, revocation) =>
      inTransaction((transaction) => revokeApiKey(transaction, tenant, id, at, revocation)),
    startSession: (tenant, session) => inTransaction((transaction) => startSession(transaction, tenant, session)),
    rotateSession: (digest, next, at) => inTransaction((transaction) => rotateSession(transaction, digest, next, at)),
    endSessions: (tenant, userId, revocation) =>
      inTransaction((transaction) => endSessions(transaction, tenant, userId, revocation)),
    revoke: (tenant, revocation) => revoke(db, tenant, [revocation]),
    revocationsAfter: (revision, limit) => revocationsAfter(db, revision, limit),
    async purge(at) {
      await purgeSessions(db, at);
      await db.deleteFrom("revocations").where("expires_at", "<", BigInt(at)).execute();
    },
  };
}

async function findUser(db: Kysely<AccountTables>, tenant: string, email: string): Promise<StoredUser | undefined> {
  const row = await db
    .selectFrom("users")
    .select(["id", "password_hash"])
    .where("tenant", "=", tenant)
    .where("email", "=", email)
    .executeTakeFirst();
  return row && { id: row.id, passwordHash: row.password_hash };
}
