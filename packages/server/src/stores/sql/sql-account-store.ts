import type { Kysely } from "kysely";
import type { AccountStore, StoredUser } from "../../accounts/account-store.js";
import type { AccountTables } from "./account-tables.js";
import { createApiKey, findApiKey, listApiKeys, recordApiKeyUse, revokeApiKey } from "./api-key-rows.js";
import { revocationsAfter, revoke } from "./revocation-rows.js";
import { endSessions, purgeSessions, rotateSession, startSession } from "./session-rows.js";
import { transactOn } from "./transact.js";
import { eraseUser, exportUser } from "./user-rows.js";

/** Accounts in a database with the tables of `account-tables.ts`. */
export function createSqlAccountStore(db: Kysely<AccountTables>): AccountStore {
  const transact = transactOn(db);
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
      transact((transaction) => revokeApiKey(transaction, tenant, id, at, revocation)),
    startSession: (tenant, session) => transact((transaction) => startSession(transaction, tenant, session)),
    rotateSession: (digest, next, at) => transact((transaction) => rotateSession(transaction, digest, next, at)),
    endSessions: (tenant, userId, revocation) =>
      transact((transaction) => endSessions(transaction, tenant, userId, revocation)),
    revoke: (tenant, revocation) => transact((transaction) => revoke(transaction, tenant, [revocation])),
    revocationsAfter: (revision, limit) => revocationsAfter(db, revision, limit),
    exportUser: (tenant, userId) => transact((transaction) => exportUser(transaction, tenant, userId)),
    eraseUser: (tenant, userId, revocation) =>
      transact((transaction) => eraseUser(transaction, tenant, userId, revocation)),
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
