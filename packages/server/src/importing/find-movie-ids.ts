import { type ExternalId, MovieSchema } from "@cinedeepmatch/contract";
import { CineDeepMatchError, type NodeClient } from "@cinedeepmatch/sdk-node";
import { type OutageOptions, outlastOutage } from "./outlast-outage.js";
import { MOVIELENS_SOURCE, readMovieLens } from "./read-movielens.js";

const MAX_IDS = 1000;
const ID_ONLY = { paths: [MovieSchema.field.id.name] };

/** Finds the catalogue's ids of the movies of a MovieLens folder; those that are not in the catalogue are absent. */
export async function findMovieIds(
  client: NodeClient,
  folder: string,
  outage: OutageOptions | undefined,
): Promise<Map<string, string>> {
  const wanted: { readonly movieLensId: string; readonly id: string }[] = [];
  for await (const row of readMovieLens(folder)) {
    if ("problem" in row) continue;
    const movieLensId = row.movie.externalIds?.find(({ source }) => source === MOVIELENS_SOURCE)?.value;
    if (movieLensId !== undefined && row.movie.id) wanted.push({ movieLensId, id: row.movie.id });
  }
  const found = new Map<string, string>();
  for (let from = 0; from < wanted.length; from += MAX_IDS) {
    const some = wanted.slice(from, from + MAX_IDS);
    const request = { ids: some.map(({ id }) => id), readMask: ID_ONLY };
    const { missingIds } = await outlastOutage(() => client.catalog.batchGetMovies(request), outage);
    const missing = new Set(missingIds);
    for (const { movieLensId, id } of some) {
      // A movie that was in the catalogue under another id kept that one.
      const known = missing.has(id) ? await lookUp(client, movieLensId, outage) : id;
      if (known !== undefined) found.set(movieLensId, known);
    }
  }
  return found;
}

async function lookUp(client: NodeClient, movieLensId: string, outage: OutageOptions | undefined) {
  const externalId: Pick<ExternalId, "source" | "value"> = { source: MOVIELENS_SOURCE, value: movieLensId };
  try {
    return (await outlastOutage(() => client.catalog.lookupMovie({ externalId, readMask: ID_ONLY }), outage)).id;
  } catch (error) {
    if (error instanceof CineDeepMatchError && error.reason === "MOVIE_NOT_FOUND") return undefined;
    throw error;
  }
}
