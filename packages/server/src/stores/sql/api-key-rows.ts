import type { Kysely, Selectable } from "kysely";
import type { FoundApiKey, NewApiKey, Revocation, StoredApiKey } from "../../accounts/account-store.js";
import type { CursorQuery, Page } from "../../matching/catalog-store.js";
import { decodeCursor, pageOf } from "../cursor.js";
import type { AccountTables } from "./account-tables.js";
import { revoke } from "./revocation-rows.js";

type Row = Omit<Selectable<AccountTables["api_keys"]>, "tenant" | "secret_digest">;

/** Keeps a new API key. */
export async function createApiKey(db: Kysely<AccountTables>, tenant: string, key: NewApiKey): Promise<void> {
  await db
    .insertInto("api_keys")
    .values({
      id: key.id,
      tenant,
      display_name: key.displayName,
      scopes: JSON.stringify(key.scopes),
      secret_digest: key.secretDigest,
      created_at: BigInt(key.createdAt),
      expires_at: key.expiresAt === undefined ? null : BigInt(key.expiresAt),
    })
    .execute();
}

/** The API key with this id, of whichever tenant. */
export async function findApiKey(db: Kysely<AccountTables>, id: string): Promise<FoundApiKey | undefined> {
  const row = await db.selectFrom("api_keys").selectAll().where("id", "=", id).executeTakeFirst();
  return row && { ...keyOf(row), tenant: row.tenant, secretDigest: row.secret_digest };
}

/** A page of a tenant's keys. */
export async function listApiKeys(
  db: Kysely<AccountTables>,
  tenant: string,
  query: CursorQuery,
): Promise<Page<StoredApiKey>> {
  const after = decodeCursor(query.cursor, ["number", "string"]);
  let select = db.selectFrom("api_keys").selectAll().where("tenant", "=", tenant);
  if (after !== undefined) {
    const [createdAt, id] = [BigInt(Math.trunc(after[0])), after[1]];
    select = select.where(({ eb, or, and }) =>
      or([eb("created_at", "<", createdAt), and([eb("created_at", "=", createdAt), eb("id", ">", id)])]),
    );
  }
  const rows = await select
    .orderBy("created_at", "desc")
    .orderBy("id")
    .limit(query.limit + 1)
    .execute();
  return pageOf(rows, query.limit, (row) => [Number(row.created_at), row.id], keyOf);
}

/** Notes that a key was used. */
export async function recordApiKeyUse(
  db: Kysely<AccountTables>,
  tenant: string,
  id: string,
  at: number,
): Promise<void> {
  await db
    .updateTable("api_keys")
    .set({ last_used_at: BigInt(at) })
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .execute();
}

/** Revokes a key and what was issued for it. Call it in a transaction. */
export async function revokeApiKey(
  db: Kysely<AccountTables>,
  tenant: string,
  id: string,
  at: number,
  revocation: Revocation,
): Promise<boolean> {
  const row = await db
    .updateTable("api_keys")
    // The first time stands.
    .set(({ fn, val, ref }) => ({ revoked_at: fn.coalesce(ref("revoked_at"), val(BigInt(at))) }))
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .returning("id")
    .executeTakeFirst();
  if (row === undefined) return false;
  await revoke(db, tenant, [revocation]);
  return true;
}

function keyOf(row: Row): StoredApiKey {
  return {
    id: row.id,
    displayName: row.display_name,
    scopes: JSON.parse(row.scopes) as string[],
    createdAt: Number(row.created_at),
    expiresAt: instant(row.expires_at),
    lastUsedAt: instant(row.last_used_at),
    revokedAt: instant(row.revoked_at),
  };
}

function instant(value: bigint | null): number | undefined {
  return value === null ? undefined : Number(value);
}
