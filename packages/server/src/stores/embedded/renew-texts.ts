import { type Kysely, sql } from "kysely";
import type { CatalogTransaction } from "./catalog-transaction.js";
import { movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";
import { bumpRevisions, deleteVectors } from "./write-movies.js";

/** How the digests of texts were made that are stored. */
export async function readTextsVersion(db: Kysely<EmbeddedTables>, tenant: string): Promise<string> {
  const row = await db.selectFrom("tenants").select("texts_version").where("tenant", "=", tenant).executeTakeFirst();
  return row?.texts_version ?? "";
}

/** Brings the digests of some movies' texts up to date. */
export async function renewTexts(
  { db, tenant, textDigest }: CatalogTransaction,
  version: string,
  afterId: string,
  limit: number,
): Promise<string | undefined> {
  const rows = await db
    .selectFrom("movies")
    .select(["id", "doc", "text_digest"])
    .where("tenant", "=", tenant)
    .where("id", ">", afterId)
    .orderBy("id")
    .limit(limit)
    .execute();
  const changed = rows
    .map((row) => ({ id: row.id, before: row.text_digest, digest: textDigest(movieOf(row)) }))
    .filter(({ before, digest }) => digest !== before);
  if (changed.length > 0) await putDigests(db, tenant, changed);
  const last = rows.at(-1);
  if (last !== undefined && rows.length === limit) return last.id;
  await noteTexts(db, tenant, version);
  return undefined;
}

/** Notes how all texts were made, or that nobody knows. */
export async function noteTexts(db: Kysely<EmbeddedTables>, tenant: string, version: string): Promise<void> {
  await db.updateTable("tenants").set({ texts_version: version }).where("tenant", "=", tenant).execute();
}

async function putDigests(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  changed: readonly { readonly id: string; readonly digest: string }[],
): Promise<void> {
  const ids = changed.map(({ id }) => id);
  await sql`
    update cinedeepmatch.movies movie set text_digest = renewed.digest
    from unnest(${ids}::text[], ${changed.map(({ digest }) => digest)}::text[]) as renewed (id, digest)
    where movie.tenant = ${tenant} and movie.id = renewed.id`.execute(db);
  await deleteVectors(db, tenant, ids);
  await bumpRevisions(db, tenant, ids);
}
