import type { CatalogReplica } from "./catalog-replica.js";
import type { Ranked } from "./ranked.js";

/** A movie with fewer ratings than this is drawn towards the middle. */
const PRIOR_RATINGS = 20;
const PRIOR_AVERAGE = 5.5;

/** Everything allowed, best rated first, for somebody of whom nothing is known yet; then the newest first. */
export function rankByPopularity(replica: CatalogReplica, allowed: Float32Array): Ranked[] {
  const ranked: (Ranked & { releaseYear: number })[] = [];
  for (let ordinal = 0; ordinal < replica.ordinalCount; ordinal++) {
    const record = replica.record(ordinal);
    if (record === undefined || allowed[ordinal] !== 0) continue;
    const { ratingAverage = PRIOR_AVERAGE, ratingCount, releaseYear } = record;
    const average = (ratingAverage * ratingCount + PRIOR_AVERAGE * PRIOR_RATINGS) / (ratingCount + PRIOR_RATINGS);
    ranked.push({ ordinal, score: average / 10, text: undefined, example: undefined, taste: undefined, releaseYear });
  }
  return ranked.sort((a, b) => b.score - a.score || b.releaseYear - a.releaseYear || a.ordinal - b.ordinal);
}
