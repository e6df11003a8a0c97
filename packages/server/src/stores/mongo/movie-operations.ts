import type { MovieWrite } from "../plan-writes.js";
import type { DraftCommit } from "./catalog-log.js";
import type { CatalogWrite } from "./catalog-write.js";
import { fieldOf, keyOf } from "./document-keys.js";
import type { Operation } from "./documents.js";
import { externalIdOperations } from "./external-id-operations.js";
import { LIVE_FIELDS, movieFields } from "./movie-document.js";
import { personOperations } from "./person-operations.js";
import type { StoredContext } from "./read-movies.js";

/** What writing movies does to documents: to theirs, and to everything that is kept in step with them. */
export async function movieOperations(
  write: CatalogWrite,
  writes: readonly MovieWrite[],
  context: StoredContext,
): Promise<DraftCommit> {
  const { tenant, state } = write;
  const operations: Operation[] = [];
  const encodedCounts: Record<string, number> = { ...state.encodedCounts };
  let { revision, movieCount } = state;
  for (const { id, before, after } of writes) {
    revision += 1;
    const digest = after && write.textDigest(after);
    // Vectors are of the present text.
    const isOutdated = before !== undefined && digest !== before.textDigest;
    if (isOutdated) {
      for (const model of context.movies.get(id)?.encoded ?? []) {
        encodedCounts[fieldOf(model)] = (encodedCounts[fieldOf(model)] ?? 0) - 1;
      }
    }
    movieCount += Number(after !== undefined) - Number(before !== undefined);
    const key = keyOf(tenant, id);
    const target = { collection: "movies", id: key, isNew: !context.documents.has(key) } as const;
    if (after === undefined || digest === undefined) {
      operations.push({ ...target, fields: { revision }, absent: LIVE_FIELDS });
    } else {
      const isFresh = before === undefined || isOutdated;
      operations.push({
        ...target,
        fields: { ...movieFields(tenant, after, digest), revision, ...(isFresh && { encoded: [] }) },
        ...(isOutdated && { absent: ["vectors"] }),
      });
    }
  }
  operations.push(...externalIdOperations(tenant, writes, context));
  const people = await personOperations(write, writes);
  operations.push(...people.operations);
  const personCount = state.personCount + people.createdCount;
  return { operations, after: { ...state, revision, movieCount, personCount, encodedCounts } };
}
