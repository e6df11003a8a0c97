import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import type { ActivityTables } from "./activity-tables.js";

/** Any number that is ours alone. */
const ERASURE_LOCK = 4_961_263_009;
const EVENTS_PER_STATEMENT = 1_000;

/** To be held by whoever records events, until their transaction ends: an erasure waits for it. */
export const HOLD_ERASURES = sql`select pg_advisory_xact_lock_shared(${sql.lit(ERASURE_LOCK)}::bigint)`;

/** By what an erased user is remembered, who is not to be named any more. `applyErasures` makes the same in SQL. */
export function digestOfUser(tenant: string, userId: string): Buffer {
  return createHash("sha256").update(`${tenant}\0${userId}`).digest();
}

/** Erases a user's events and remembers it; see `ActivityStore.eraseEvents`. */
export async function eraseEvents(
  db: Kysely<ActivityTables>,
  tenant: string,
  userId: string,
  until: number,
): Promise<number> {
  await db.transaction().execute(async (transaction) => {
    // Waits for the recordings under way, whose events are then there to be deleted; later ones see the row.
    await sql`select pg_advisory_xact_lock(${sql.lit(ERASURE_LOCK)}::bigint)`.execute(transaction);
    await transaction
      .insertInto("erased_users")
      .values({ tenant, user_digest: digestOfUser(tenant, userId), until: BigInt(until) })
      .onConflict((conflict) =>
        conflict
          .columns(["tenant", "user_digest"])
          .doUpdateSet({ until: sql`greatest(erased_users.until, excluded.until)` }),
      )
      .execute();
  });
  for (let erased = 0; ; ) {
    // A few at a time, so that nobody waits for long.
    const { rows } = await sql`
      delete from cinedeepmatch.events where ctid = any(array(
        select ctid from cinedeepmatch.events where tenant = ${tenant} and user_id = ${userId}
        limit ${EVENTS_PER_STATEMENT})) returning 1`.execute(db);
    erased += rows.length;
    if (rows.length < EVENTS_PER_STATEMENT) return erased;
  }
}
