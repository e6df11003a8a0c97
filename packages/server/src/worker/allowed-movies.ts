import { fromJson } from "@bufbuild/protobuf";
import { MovieFilterSchema } from "@cinedeepmatch/contract";
import type { MatchWork } from "../matching/match-work.js";
import { compileFilter } from "../matching/movie-conditions.js";
import type { CatalogReplica } from "./catalog-replica.js";

/**
 * Which movies may be results, as a mask over ordinals: 0 where one may, -Infinity where not. The movies that the
 * request names as examples are never results.
 */
export function allowedMovies(work: MatchWork, replica: CatalogReplica): Float32Array {
  const passes = compileFilter(work.filter && fromJson(MovieFilterSchema, work.filter));
  const mask = new Float32Array(replica.ordinalCount);
  for (let ordinal = 0; ordinal < mask.length; ordinal++) {
    const record = replica.record(ordinal);
    if (record === undefined || (passes !== undefined && !passes(record))) mask[ordinal] = -Infinity;
  }
  for (const id of [...work.excludeIds, ...work.movies.map((movie) => movie.id)]) {
    const ordinal = replica.ordinalOf(id);
    if (ordinal !== undefined) mask[ordinal] = -Infinity;
  }
  return mask;
}
