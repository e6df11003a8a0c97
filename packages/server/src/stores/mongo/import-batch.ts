import type { ImportProgress, StoredImportBatch, StoreImportBatch } from "../../matching/catalog-store.js";
import { NOT_BEGUN, planImport, rowsAfter } from "../plan-import.js";
import { storableIds } from "../storable-ids.js";
import { keyUnstorable } from "../write-errors.js";
import type { CatalogReader } from "./catalog-reader.js";
import type { CatalogWrite } from "./catalog-write.js";
import type { PlannedWrite } from "./catalog-writer.js";
import { keyOf } from "./document-keys.js";
import { movieOperations } from "./movie-operations.js";
import { readWriteContext } from "./read-movies.js";

/**
 * Writes one batch of an import and the import's position, which is part of the same commit: a batch that was
 * interrupted after its commit is complete when the import is taken up again, and one that was interrupted before has
 * left nothing. A batch that was written before changes nothing.
 */
export async function importBatch(
  write: CatalogWrite,
  batch: StoreImportBatch,
): Promise<PlannedWrite<StoredImportBatch>> {
  const stored = await getImport(write, write.tenant, batch.importId);
  const before = stored ?? NOT_BEGUN;
  if (batch.lastRow <= before.committedRow) {
    return { operations: [], after: write.state, result: { ...before, rejections: [] } };
  }
  const movies = rowsAfter(batch, before).map(({ movie }) => movie);
  const context = await readWriteContext(write, write.tenant, movies);
  const planned = planImport(batch, before, context);
  const { operations, after } = await movieOperations(write, planned.writes, context);
  const { rejections: _, ...progress } = planned.batch;
  const position = {
    collection: "imports",
    id: keyOf(write.tenant, batch.importId),
    isNew: stored === undefined,
    fields: progress,
  } as const;
  return { operations: [...operations, position], after, result: planned.batch };
}

/** How far an import is; undefined when it never began. */
export async function getImport(
  { collections }: CatalogReader,
  tenant: string,
  importId: string,
): Promise<ImportProgress | undefined> {
  if (storableIds([importId]).length === 0) throw keyUnstorable("import_id");
  const document = await collections.imports.findOne({ _id: keyOf(tenant, importId) });
  if (document === null) return undefined;
  const { committedRow, createdCount, updatedCount, rejectedCount } = document;
  return { committedRow, createdCount, updatedCount, rejectedCount };
}
