import { type Kysely, sql } from "kysely";
import type { Revocation, StoredRevocation } from "../../accounts/account-store.js";
import type { AccountTables } from "./account-tables.js";

/** Any number that is ours alone. */
const REVISIONS_LOCK = 4_961_263_008;

/**
 * Keeps revocations; one that is known already becomes news again. Call it in a transaction, and nothing after it that
 * waits for another.
 */
export async function revoke(
  db: Kysely<AccountTables>,
  tenant: string,
  revocations: readonly Revocation[],
): Promise<void> {
  if (revocations.length === 0) return;
  // Held until the transaction ends, so that revisions become visible in their order: a reader who has seen one has
  // seen all before it.
  await sql`select pg_advisory_xact_lock(${REVISIONS_LOCK}::bigint)`.execute(db);
  const revision = sql<bigint>`nextval('cinedeepmatch.revocation_revisions')`;
  for (const { kind, name, epoch, expiresAt } of revocations) {
    await db
      .insertInto("revocations")
      .values({ tenant, kind, name, epoch: BigInt(epoch), expires_at: BigInt(expiresAt), revision })
      .onConflict((conflict) =>
        conflict.columns(["tenant", "kind", "name"]).doUpdateSet({
          epoch: sql`greatest(revocations.epoch, excluded.epoch)`,
          expires_at: sql`greatest(revocations.expires_at, excluded.expires_at)`,
          revision: sql`excluded.revision`,
        }),
      )
      .execute();
  }
}

/** What was revoked after a revision. */
export async function revocationsAfter(
  db: Kysely<AccountTables>,
  after: bigint,
  limit: number,
): Promise<StoredRevocation[]> {
  const rows = await db
    .selectFrom("revocations")
    .selectAll()
    .where("revision", ">", after)
    .orderBy("revision")
    .limit(limit)
    .execute();
  return rows.map(({ tenant, kind, name, epoch, expires_at, revision }) => ({
    tenant,
    kind,
    name,
    epoch: Number(epoch),
    expiresAt: Number(expires_at),
    revision,
  }));
}
