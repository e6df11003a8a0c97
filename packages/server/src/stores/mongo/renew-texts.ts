import type { CatalogWrite } from "./catalog-write.js";
import type { PlannedWrite } from "./catalog-writer.js";
import { fieldOf } from "./document-keys.js";
import type { Operation } from "./documents.js";
import { MOVIE_FIELDS, movieOf } from "./movie-document.js";

/** Brings the digests of some movies' texts up to date. */
export async function renewTexts(
  { collections, tenant, state, textDigest }: CatalogWrite,
  version: string,
  afterId: string,
  limit: number,
): Promise<PlannedWrite<string | undefined>> {
  const documents = await collections.movies
    .find(
      { tenant, id: { $gt: afterId } },
      { projection: { ...MOVIE_FIELDS, id: 1, textDigest: 1, encoded: 1 }, sort: { id: 1 }, limit },
    )
    .toArray();
  const operations: Operation[] = [];
  const encodedCounts: Record<string, number> = { ...state.encodedCounts };
  let { revision } = state;
  for (const document of documents) {
    const movie = movieOf(document);
    const digest = movie && textDigest(movie);
    if (digest === undefined || digest === document.textDigest) continue;
    for (const model of document.encoded ?? []) {
      encodedCounts[fieldOf(model)] = (encodedCounts[fieldOf(model)] ?? 0) - 1;
    }
    revision += 1;
    const fields = { revision, textDigest: digest, encoded: [] };
    operations.push({ collection: "movies", id: document._id, isNew: false, fields, absent: ["vectors"] });
  }
  const next = documents.length === limit ? documents.at(-1)?.id : undefined;
  const after = { ...state, revision, encodedCounts, ...(next === undefined && { textsVersion: version }) };
  return { operations, after, result: next };
}
