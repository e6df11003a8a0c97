import type { Kysely } from "kysely";
import type { ImportProgress, StoredImportBatch, StoreImportBatch } from "../../matching/catalog-store.js";
import { NOT_BEGUN, planImport, rowsAfter } from "../plan-import.js";
import type { CatalogTransaction } from "./catalog-transaction.js";
import { readWriteContext } from "./read-movies.js";
import type { EmbeddedTables } from "./schema.js";
import { writeMovies } from "./write-movies.js";

/** Writes one batch of an import and the import's position. A batch that was written before changes nothing. */
export async function importBatch(
  { db, tenant, textDigest }: CatalogTransaction,
  batch: StoreImportBatch,
): Promise<StoredImportBatch> {
  const progress = (await getImport(db, tenant, batch.importId)) ?? NOT_BEGUN;
  if (batch.lastRow <= progress.committedRow) return { ...progress, rejections: [] };
  const movies = rowsAfter(batch, progress).map(({ movie }) => movie);
  const planned = planImport(batch, progress, await readWriteContext(db, tenant, movies));
  await writeMovies(db, tenant, planned.writes, textDigest);
  await putImport(db, tenant, batch.importId, planned.batch);
  return planned.batch;
}

/** How far an import is; undefined when it never began. */
export async function getImport(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  importId: string,
): Promise<ImportProgress | undefined> {
  const row = await db
    .selectFrom("imports")
    .selectAll()
    .where("tenant", "=", tenant)
    .where("id", "=", importId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    committedRow: Number(row.committed_row),
    createdCount: Number(row.created_count),
    updatedCount: Number(row.updated_count),
    rejectedCount: Number(row.rejected_count),
  };
}

async function putImport(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  importId: string,
  progress: ImportProgress,
): Promise<void> {
  const counts = {
    committed_row: BigInt(progress.committedRow),
    created_count: BigInt(progress.createdCount),
    updated_count: BigInt(progress.updatedCount),
    rejected_count: BigInt(progress.rejectedCount),
  };
  await db
    .insertInto("imports")
    .values({ tenant, id: importId, ...counts })
    .onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(counts))
    .execute();
}
