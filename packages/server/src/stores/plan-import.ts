import { ImportMode, type Movie } from "@cinedeepmatch/contract";
import type { ImportProgress, StoredImportBatch, StoreImportBatch } from "../matching/catalog-store.js";
import { ServiceError } from "../matching/service-error.js";
import { mergeMovies } from "./merge-movies.js";
import { finishMovie, sameContent } from "./movie-draft.js";
import { type MovieWrite, type WriteContext, WritePlan } from "./plan-writes.js";

/** An import before its first batch. */
export const NOT_BEGUN: ImportProgress = { committedRow: 0, createdCount: 0, updatedCount: 0, rejectedCount: 0 };

/** What a batch of an import comes to. */
export interface PlannedImport {
  readonly writes: MovieWrite[];
  /** How far the import is once the writes are done, and the batch's rejected rows. */
  readonly batch: StoredImportBatch;
}

/** The rows of a batch that are still to be written. */
export function rowsAfter(batch: StoreImportBatch, { committedRow }: ImportProgress): StoreImportBatch["rows"] {
  return batch.rows.filter(({ row }) => row > committedRow);
}

/** Works out what a batch writes. A row that cannot be written is rejected and holds nothing up. */
export function planImport(batch: StoreImportBatch, progress: ImportProgress, context: WriteContext): PlannedImport {
  const plan = new WritePlan(context);
  const rejections: StoredImportBatch["rejections"] = [];
  let { createdCount, updatedCount } = progress;
  for (const { row, movie } of rowsAfter(batch, progress)) {
    const before = plan.get(movie.id);
    try {
      planRow(plan, before, movie, batch.mode);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      rejections.push({ row, message: error.message });
      continue;
    }
    if (before === undefined) createdCount += 1;
    else updatedCount += 1;
  }
  const rejectedCount = progress.rejectedCount + batch.rejectedCount + rejections.length;
  return {
    writes: plan.writes(),
    batch: { committedRow: batch.lastRow, createdCount, updatedCount, rejectedCount, rejections },
  };
}

function planRow(plan: WritePlan, before: Movie | undefined, movie: Movie, mode: ImportMode): void {
  const merged = mode === ImportMode.MERGE && before !== undefined ? mergeMovies(before, movie) : movie;
  // A movie that the row leaves as it is is not written, so that importing a file again costs its readers nothing.
  if (before === undefined || !sameContent(before, merged)) plan.put(finishMovie(movie.id, merged, before));
}
