import { creditChanges } from "../credit-changes.js";
import { foldedWords } from "../fold-text.js";
import type { MovieWrite } from "../plan-writes.js";
import type { CatalogWrite } from "./catalog-write.js";
import { keyOf } from "./document-keys.js";
import type { Operation } from "./documents.js";
import { readDocuments } from "./read-documents.js";

const PERSON_FIELDS = ["tenant", "id", "displayName", "creditCount", "words"] as const;

/**
 * Keeps the people in step with the credits that some writes add and remove.
 *
 * @returns also how many people more there are
 */
export async function personOperations(
  { collections, traits, tenant }: CatalogWrite,
  writes: readonly MovieWrite[],
): Promise<{ operations: Operation[]; createdCount: number }> {
  const changes = creditChanges(writes);
  const documents = await readDocuments(
    collections.people,
    changes.map(({ id }) => keyOf(tenant, id)),
    { displayName: 1, creditCount: 1 },
    traits,
  );
  const stored = new Map(documents.map((document) => [document._id, document]));
  let createdCount = 0;
  const operations = changes.map((change): Operation => {
    const key = keyOf(tenant, change.id);
    const before = stored.get(key);
    const creditCount = (before?.creditCount ?? 0) + change.creditChange;
    const target = { collection: "people", id: key, isNew: before === undefined } as const;
    createdCount += Number(creditCount > 0) - Number(before?.creditCount !== undefined);
    if (creditCount <= 0) return { ...target, fields: {}, absent: PERSON_FIELDS };
    const displayName = change.displayName ?? before?.displayName ?? "";
    // A count, not a difference, because it may be written more than once.
    return {
      ...target,
      fields: { tenant, id: change.id, displayName, creditCount, words: foldedWords(displayName) },
    };
  });
  return { operations, createdCount };
}
