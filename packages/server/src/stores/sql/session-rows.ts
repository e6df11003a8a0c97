import type { Kysely } from "kysely";
import type { NewSession, RefreshToken, Revocation, Rotation } from "../../accounts/account-store.js";
import type { AccountTables } from "./account-tables.js";
import { revoke } from "./revocation-rows.js";

/** Begins a session. Call it in a transaction. */
export async function startSession(db: Kysely<AccountTables>, tenant: string, session: NewSession): Promise<void> {
  const { id, userId, createdAt, refreshToken } = session;
  await db
    .insertInto("sessions")
    .values({
      tenant,
      id,
      user_id: userId,
      created_at: BigInt(createdAt),
      expires_at: BigInt(refreshToken.expiresAt),
    })
    .execute();
  await addRefreshToken(db, tenant, id, refreshToken);
}

/** Exchanges a refresh token for the next. Call it in a transaction. Exchanges within a session come one after another. */
export async function rotateSession(
  db: Kysely<AccountTables>,
  digest: Uint8Array,
  next: RefreshToken,
  at: number,
): Promise<Rotation> {
  const session = await lockSession(db, digest);
  if (session === undefined) return { outcome: "unknown" };
  const { tenant, id, user_id: userId } = session;
  // Only now: a statement that waited for the lock would not see what was done meanwhile.
  const token = await db
    .selectFrom("refresh_tokens")
    .select(["used_at", "expires_at"])
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (token === undefined || Number(token.expires_at) <= at) return { outcome: "unknown" };
  if (token.used_at !== null) {
    await endStolen(db, tenant, id, at);
    return { outcome: "reused", tenant, userId };
  }
  await db
    .updateTable("refresh_tokens")
    .set({ used_at: BigInt(at) })
    .where("digest", "=", digest)
    .execute();
  await db
    .updateTable("sessions")
    .set({ expires_at: BigInt(next.expiresAt) })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
  await addRefreshToken(db, tenant, id, next);
  return { outcome: "rotated", tenant, userId };
}

function lockSession(db: Kysely<AccountTables>, digest: Uint8Array) {
  return db
    .selectFrom("sessions")
    .innerJoin("refresh_tokens", (join) =>
      join.onRef("refresh_tokens.tenant", "=", "sessions.tenant").onRef("session_id", "=", "sessions.id"),
    )
    .select(["sessions.tenant", "sessions.id", "user_id"])
    .where("digest", "=", digest)
    .forUpdate("sessions")
    .executeTakeFirst();
}

/** Ends a user's sessions and revokes what was issued. Call it in a transaction. */
export async function endSessions(
  db: Kysely<AccountTables>,
  tenant: string,
  userId: string,
  revocation: Revocation,
): Promise<void> {
  await db.deleteFrom("sessions").where("tenant", "=", tenant).where("user_id", "=", userId).execute();
  await revoke(db, tenant, [revocation]);
}

/** Removes what had expired at an instant. */
export async function purgeSessions(db: Kysely<AccountTables>, at: number): Promise<void> {
  await db.deleteFrom("sessions").where("expires_at", "<", BigInt(at)).execute();
  // Of sessions that go on: an expired refresh token is unknown, used or not.
  await db.deleteFrom("refresh_tokens").where("expires_at", "<", BigInt(at)).execute();
}

async function endStolen(db: Kysely<AccountTables>, tenant: string, id: string, at: number): Promise<void> {
  const tokens = await db
    .selectFrom("refresh_tokens")
    .select(["token_id", "token_expires_at"])
    .where("tenant", "=", tenant)
    .where("session_id", "=", id)
    .execute();
  const revocations = tokens.map(({ token_id, token_expires_at }): Revocation => {
    // Clocks of servers differ, and a token is accepted for a while after its end.
    return { kind: "token", name: token_id, epoch: 0, expiresAt: Number(token_expires_at) + CLOCKS_MS };
  });
  await revoke(
    db,
    tenant,
    revocations.filter(({ expiresAt }) => expiresAt > at),
  );
  await db.deleteFrom("sessions").where("tenant", "=", tenant).where("id", "=", id).execute();
}

const CLOCKS_MS = 60_000;

async function addRefreshToken(
  db: Kysely<AccountTables>,
  tenant: string,
  sessionId: string,
  token: RefreshToken,
): Promise<void> {
  await db
    .insertInto("refresh_tokens")
    .values({
      digest: token.digest,
      tenant,
      session_id: sessionId,
      token_id: token.tokenId,
      token_expires_at: BigInt(token.tokenExpiresAt),
      expires_at: BigInt(token.expiresAt),
    })
    .execute();
}
