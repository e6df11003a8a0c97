import type { Kysely } from "kysely";
import type { CatalogPosition, StoredCatalogStatus } from "../../matching/catalog-store.js";
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
    revision: (await readPosition(db, tenant)).revision,
  };
}

/** Which catalogue a tenant has, and the revision of its last write. */
export async function readPosition(db: Kysely<EmbeddedTables>, tenant: string): Promise<CatalogPosition> {
  const row = await db
    .selectFrom("tenants")
    .select((tables) => [
      "catalog_id",
      tables
        .selectFrom("movie_changes")
        .select("revision")
        .whereRef("movie_changes.tenant", "=", "tenants.tenant")
        .orderBy("revision", "desc")
        .limit(1)
        .as("revision"),
    ])
    .where("tenant", "=", tenant)
    .executeTakeFirst();
  return { catalogId: row?.catalog_id ?? "", revision: row?.revision ?? 0n };
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
