import type { Kysely } from "kysely";
import type { StoredCatalogStatus } from "../../matching/catalog-store.js";
import type { EmbeddedTables } from "./schema.js";

/** The counts of the catalogue. They are kept, not counted, so that they may be asked for every second. */
export async function readStatus(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  modelVersion: string,
): Promise<StoredCatalogStatus> {
  const counts = await db
    .selectFrom("tenants")
    .leftJoin("encoded_counts", (join) =>
      join.onRef("encoded_counts.tenant", "=", "tenants.tenant").on("encoded_counts.model_version", "=", modelVersion),
    )
    .select(["movie_count", "person_count", "encoded_count"])
    .where("tenants.tenant", "=", tenant)
    .executeTakeFirst();
  return {
    movieCount: Number(counts?.movie_count ?? 0),
    personCount: Number(counts?.person_count ?? 0),
    encodedCount: Number(counts?.encoded_count ?? 0),
    revision: await readRevision(db, tenant),
  };
}

/** The revision of the last write. */
export async function readRevision(db: Kysely<EmbeddedTables>, tenant: string): Promise<bigint> {
  const last = await db
    .selectFrom("movie_changes")
    .select("revision")
    .where("tenant", "=", tenant)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  return last?.revision ?? 0n;
}

/** What tells a tenant's catalogue from others; empty before its first write. */
export async function readCatalogId(db: Kysely<EmbeddedTables>, tenant: string): Promise<string> {
  const row = await db.selectFrom("tenants").select("catalog_id").where("tenant", "=", tenant).executeTakeFirst();
  return row?.catalog_id ?? "";
}

/** The tenants that have movies. */
export async function readTenants(db: Kysely<EmbeddedTables>): Promise<string[]> {
  const rows = await db
    .selectFrom("tenants")
    .select("tenant")
    .where("movie_count", ">", 0n)
    .orderBy("tenant")
    .execute();
  return rows.map(({ tenant }) => tenant);
}
