import { ImportMode } from "@cinedeepmatch/contract";
import type { Kysely } from "kysely";
import type { ImportProgress, StoredImportBatch, StoreImportBatch } from "../../matching/catalog-store.js";
import { ServiceError } from "../../matching/service-error.js";
import { mergeMovies } from "../merge-movies.js";
import { finishMovie, sameContent } from "../movie-draft.js";
import { WritePlan } from "../plan-writes.js";
import type { CatalogTransaction } from "./put-movies.js";
import { readWriteContext } from "./read-movies.js";
import type { EmbeddedTables } from "./schema.js";
import { writeMovies } from "./write-movies.js";

/** Writes one batch of an import and the import's position. A batch that was written before changes nothing. */
export async function importBatch(
  { db, tenant, textDigest }: CatalogTransaction,
  batch: StoreImportBatch,
): Promise<StoredImportBatch> {
  const { committedRow, ...counts } = (await getImport(db, tenant, batch.importId)) ?? NOT_BEGUN;
  if (batch.lastRow <= committedRow) return { committedRow, ...counts, rejections: [] };
  const rows = batch.rows.filter(({ row }) => row > committedRow);
  const plan = new WritePlan(
    await readWriteContext(
      db,
      tenant,
      rows.map(({ movie }) => movie),
    ),
  );
  const outcome = planRows(plan, rows, batch.mode);
  await writeMovies(db, tenant, plan.writes(), textDigest);
  const progress: ImportProgress = {
    committedRow: batch.lastRow,
    createdCount: counts.createdCount + outcome.createdCount,
    updatedCount: counts.updatedCount + outcome.updatedCount,
    rejectedCount: counts.rejectedCount + batch.rejectedCount + outcome.rejections.length,
  };
  await putImport(db, tenant, batch.importId, progress);
  return { ...progress, rejections: outcome.rejections };
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

const NOT_BEGUN: ImportProgress = { committedRow: 0, createdCount: 0, updatedCount: 0, rejectedCount: 0 };

type Outcome = Pick<StoredImportBatch, "createdCount" | "updatedCount" | "rejections">;

function planRows(plan: WritePlan, rows: StoreImportBatch["rows"], mode: ImportMode): Outcome {
  const rejections: Outcome["rejections"] = [];
  let createdCount = 0;
  let updatedCount = 0;
  for (const { row, movie } of rows) {
    const before = plan.get(movie.id);
    const merged = mode === ImportMode.MERGE && before !== undefined ? mergeMovies(before, movie) : movie;
    try {
      // A movie that the row leaves as it is is not written, so that importing a file again costs its readers nothing.
      if (before === undefined || !sameContent(before, merged)) plan.put(finishMovie(movie.id, merged, before));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      rejections.push({ row, message: error.message });
      continue;
    }
    if (before === undefined) createdCount += 1;
    else updatedCount += 1;
  }
  return { createdCount, updatedCount, rejections };
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
