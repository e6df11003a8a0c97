import { Binary } from "mongodb";
import type { MovieToEncode, StoredVector } from "../../matching/catalog-store.js";
import { storableIds } from "../storable-ids.js";
import type { CatalogReader } from "./catalog-reader.js";
import type { CatalogWrite } from "./catalog-write.js";
import type { PlannedWrite } from "./catalog-writer.js";
import { fieldOf, keyOf } from "./document-keys.js";
import type { CatalogState, Operation } from "./documents.js";
import { MOVIE_FIELDS, movieOf } from "./movie-document.js";
import { readDocuments } from "./read-documents.js";

/** Movies that have no vector of a model. */
export async function moviesToEncode(
  { collections }: CatalogReader,
  tenant: string,
  { movieCount, encodedCounts }: CatalogState,
  query: { modelVersion: string; afterId: string; limit: number },
): Promise<MovieToEncode[]> {
  // Asked every few seconds, nearly always with this answer.
  if ((encodedCounts[fieldOf(query.modelVersion)] ?? 0) >= movieCount) return [];
  const documents = await collections.movies
    .find(
      { tenant, id: { $gt: query.afterId }, encoded: { $ne: query.modelVersion } },
      { projection: { ...MOVIE_FIELDS, textDigest: 1 }, sort: { id: 1 }, limit: query.limit },
    )
    .toArray();
  return documents.flatMap((document) => {
    const movie = movieOf(document);
    return movie === undefined ? [] : [{ movie, textDigest: document.textDigest ?? "" }];
  });
}

/** Stores the vectors of texts that are still the movies'; the result is how many. */
export async function storeVectors(
  { collections, traits, tenant, state }: CatalogWrite,
  modelVersion: string,
  vectors: readonly StoredVector[],
): Promise<PlannedWrite<number>> {
  const keys = storableIds(vectors.map(({ movieId }) => movieId)).map((id) => keyOf(tenant, id));
  const documents = await readDocuments(collections.movies, keys, { textDigest: 1, encoded: 1 }, traits);
  const stored = new Map(documents.map((document) => [document._id, document]));
  // A movie may come with several texts; only one can be its present one, and the last vector of that counts.
  const current = new Map(
    vectors
      .filter(({ movieId, textDigest }) => stored.get(keyOf(tenant, movieId))?.textDigest === textDigest)
      .map(({ movieId, vector }) => [keyOf(tenant, movieId), vector]),
  );
  const field = fieldOf(modelVersion);
  let { revision } = state;
  let encodedCount = state.encodedCounts[field] ?? 0;
  const operations = [...current].map(([id, vector]): Operation => {
    const models = stored.get(id)?.encoded ?? [];
    const encoded = models.includes(modelVersion) ? models : [...models, modelVersion];
    revision += 1;
    encodedCount += encoded.length - models.length;
    const bytes = new Binary(vector);
    return { collection: "movies", id, isNew: false, fields: { revision, encoded }, vector: { field, bytes } };
  });
  const after = { ...state, revision, encodedCounts: { ...state.encodedCounts, [field]: encodedCount } };
  return { operations, after, result: operations.length };
}
