/** How well a set of queries was answered. */
export interface KnownItemScores {
  readonly queries: number;
  /** The share of queries whose movie came first. */
  readonly "success@1": number;
  /** The share of queries whose movie was among the first 10. */
  readonly "success@10": number;
  /** The share of queries whose movie was among the first 100. */
  readonly "success@100": number;
  /** The mean of 1 / rank; 0 for a movie that was not among the first 100. */
  readonly mrr: number;
}

/** @param ranks for each query its movie's rank from 1, or undefined when it was not among the first 100 */
export function scoreRanks(ranks: readonly (number | undefined)[]): KnownItemScores {
  const mean = (value: (rank: number) => number) => {
    const sum = ranks.reduce<number>((total, rank) => total + (rank === undefined ? 0 : value(rank)), 0);
    return ranks.length === 0 ? 0 : sum / ranks.length;
  };
  const success = (limit: number) => mean((rank) => (rank <= limit ? 1 : 0));
  return {
    queries: ranks.length,
    "success@1": success(1),
    "success@10": success(10),
    "success@100": success(100),
    mrr: mean((rank) => (rank <= 100 ? 1 / rank : 0)),
  };
}

/** The value that a share of the values does not exceed (nearest rank). NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
