import { externalIdKey } from "../merge-movies.js";
import type { MovieWrite } from "../plan-writes.js";
import { keyOf } from "./document-keys.js";
import type { Operation } from "./documents.js";
import type { StoredContext } from "./read-movies.js";

/** Which external ids some writes give to movies, and which become free. */
export function externalIdOperations(
  tenant: string,
  writes: readonly MovieWrite[],
  { owners, documents }: StoredContext,
): Operation[] {
  const given = new Map<string, string>();
  for (const { id, after } of writes) {
    for (const externalId of after?.externalIds ?? []) given.set(externalIdKey(externalId), id);
  }
  const freed = new Set<string>();
  for (const { before } of writes) {
    for (const externalId of before?.movie.externalIds ?? []) {
      if (!given.has(externalIdKey(externalId))) freed.add(externalIdKey(externalId));
    }
  }
  const target = (name: string) => ({ collection: "externalIds", id: keyOf(tenant, name) }) as const;
  return [
    ...[...given]
      .filter(([name, movieId]) => owners.get(name) !== movieId)
      .map(([name, movieId]) => ({
        ...target(name),
        isNew: !documents.has(keyOf(tenant, name)),
        fields: { movieId },
      })),
    ...[...freed].map((name) => ({ ...target(name), isNew: false, fields: {}, absent: ["movieId"] })),
  ];
}
