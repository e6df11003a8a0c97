import type { StoredChanges } from "../../matching/catalog-store.js";
import type { CatalogReader } from "./catalog-reader.js";
import { fieldOf, keyOf } from "./document-keys.js";
import { MOVIE_FIELDS, movieOf } from "./movie-document.js";

/**
 * What was written after a revision, up to the last published one: above it, writes may be in flight. A movie that is
 * written again while this reads goes up beyond that and comes with a later call.
 */
export async function changesAfter(
  { collections }: CatalogReader,
  tenant: string,
  { after, published, modelVersion, limit }: { after: bigint; published: number; modelVersion: string; limit: number },
): Promise<StoredChanges> {
  // Every worker asks once a second, nearly always with this answer.
  if (Number(after) >= published) return { changes: [], revision: after };
  const field = fieldOf(modelVersion);
  const documents = await collections.movies
    .find(
      { feed: tenant, revision: { $gt: Number(after), $lte: published } },
      {
        projection: { ...MOVIE_FIELDS, textDigest: 1, revision: 1, [`vectors.${field}`]: 1 },
        sort: { revision: 1 },
        limit,
      },
    )
    .toArray();
  const prefix = keyOf(tenant, "");
  const last = documents.at(-1);
  return {
    changes: documents.map((document) => ({
      movieId: document._id.slice(prefix.length),
      movie: movieOf(document),
      textDigest: document.textDigest,
      vector: document.vectors?.[field]?.value(),
    })),
    revision: last === undefined ? after : BigInt(last.revision),
  };
}
