import type { Kysely } from "kysely";
import type { ErasedUser, Revocation, StoredUserData } from "../../accounts/account-store.js";
import type { AccountTables } from "./account-tables.js";
import { revoke } from "./revocation-rows.js";

/** What is stored about a user. */
export async function exportUser(db: Kysely<AccountTables>, tenant: string, userId: string): Promise<StoredUserData> {
  const user = await db
    .selectFrom("users")
    .select(["email", "created_at"])
    .where("tenant", "=", tenant)
    .where("id", "=", userId)
    .executeTakeFirst();
  const sessions = await db
    .selectFrom("sessions")
    .select(["created_at", "expires_at"])
    .where("tenant", "=", tenant)
    .where("user_id", "=", userId)
    .orderBy("created_at")
    .execute();
  const revocation = await db
    .selectFrom("revocations")
    .select("epoch")
    .where("tenant", "=", tenant)
    .where("kind", "=", "user")
    .where("name", "=", userId)
    .executeTakeFirst();
  return {
    account: user && { email: user.email, createdAt: Number(user.created_at) },
    sessions: sessions.map(({ created_at, expires_at }) => ({
      createdAt: Number(created_at),
      expiresAt: Number(expires_at),
    })),
    revokedBefore: revocation && Number(revocation.epoch),
  };
}

/** Deletes a user with the user's sessions and revokes what was issued. Call it in a transaction. */
export async function eraseUser(
  db: Kysely<AccountTables>,
  tenant: string,
  userId: string,
  revocation: Revocation,
): Promise<ErasedUser> {
  const sessions = await db
    .deleteFrom("sessions")
    .where("tenant", "=", tenant)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  const users = await db.deleteFrom("users").where("tenant", "=", tenant).where("id", "=", userId).executeTakeFirst();
  await revoke(db, tenant, [revocation]);
  return { accountCount: Number(users.numDeletedRows), sessionCount: Number(sessions.numDeletedRows) };
}
