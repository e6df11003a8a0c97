/**
 * The rank of each target among the movies that are not excluded, from 1. Movies with equal scores share the mean of
 * the ranks that they take up together, so that a model gains nothing by giving many movies the same score.
 *
 * @param scores one for each movie, from index 1
 * @param isExcluded 1 for each movie that is not ranked; targets must not be among them
 */
export function ranksOf(
  scores: Float32Array | Float64Array,
  isExcluded: Uint8Array,
  targets: ArrayLike<number>,
): number[] {
  return Array.from(targets, (target) => {
    const score = scores[target] as number;
    let better = 0;
    let equal = -1;
    for (let movie = 1; movie < scores.length; movie++) {
      if (isExcluded[movie] === 1) continue;
      const other = scores[movie] as number;
      if (other > score) better++;
      else if (other === score) equal++;
    }
    return 1 + better + equal / 2;
  });
}

/** Normalised discounted cumulative gain within the first `limit`: 1 where the targets come first, 0 where none comes. */
export function ndcg(ranks: readonly number[], limit: number): number {
  const gain = ranks.reduce((sum, rank) => sum + (rank <= limit ? 1 / Math.log2(rank + 1) : 0), 0);
  let best = 0;
  for (let place = 1; place <= Math.min(limit, ranks.length); place++) best += 1 / Math.log2(place + 1);
  return best === 0 ? 0 : gain / best;
}

/** 1 where a target is within the first `limit`, else 0. */
export function hit(ranks: readonly number[], limit: number): number {
  return ranks.some((rank) => rank <= limit) ? 1 : 0;
}

/** The share of the targets within the first `limit`, of as many as fit there. */
export function recall(ranks: readonly number[], limit: number): number {
  return ranks.filter((rank) => rank <= limit).length / Math.min(limit, ranks.length);
}

/** The mean, and how far it may be from that of endlessly many cases (the standard deviation of the mean). */
export function meanOf(values: readonly number[]): { mean: number; standardError: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, standardError: Math.sqrt(variance / values.length) };
}
