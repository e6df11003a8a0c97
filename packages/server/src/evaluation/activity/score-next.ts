import type { NextCase } from "./activity-log.js";

/** How well a model told what came next. */
export interface NextScores {
  readonly "ndcg@10": number;
  readonly "hr@10": number;
}

/** Judges every movie for one case; what is undefined or not finite comes last. */
export type Judge = (each: NextCase) => Promise<(movieId: string) => number | undefined>;

/** The gain of each case: its target's rank among all movies that the user had nothing to do with yet. */
export async function gainsOf(
  cases: readonly NextCase[],
  movieIds: readonly string[],
  judge: Judge,
  onCase: () => void = () => {},
): Promise<number[]> {
  const gains: number[] = [];
  for (const each of cases) {
    const score = await judge(each);
    const seen = new Set(each.history.map(({ movieId }) => movieId));
    gains.push(gainOf(rankOf(each.target.movieId, movieIds, seen, score)));
    onCase();
  }
  return gains;
}

/** Equal scores share the mean of the ranks that they take up together. */
function rankOf(
  target: string,
  movieIds: readonly string[],
  seen: ReadonlySet<string>,
  score: (movieId: string) => number | undefined,
): number {
  const own = score(target) ?? Number.NEGATIVE_INFINITY;
  let better = 0;
  let equal = 0;
  for (const id of movieIds) {
    if (id === target || seen.has(id)) continue;
    const other = score(id) ?? Number.NEGATIVE_INFINITY;
    if (other > own) better++;
    else if (other === own) equal++;
  }
  return 1 + better + equal / 2;
}

function gainOf(rank: number): number {
  return rank <= 10 ? 1 / Math.log2(rank + 1) : 0;
}

/** The means of gains. */
export function scoresOf(gains: readonly number[]): NextScores {
  const mean = (value: (gain: number) => number) =>
    gains.reduce((sum, gain) => sum + value(gain), 0) / (gains.length || 1);
  return { "ndcg@10": mean((gain) => gain), "hr@10": mean((gain) => (gain > 0 ? 1 : 0)) };
}

/** What most users had to do with comes first. */
export function popularityJudge(before: readonly { readonly movieId: string; readonly weight: number }[]): Judge {
  const counts = new Map<string, number>();
  for (const { movieId, weight } of before) if (weight > 0) counts.set(movieId, (counts.get(movieId) ?? 0) + 1);
  return async () => (movieId) => counts.get(movieId) ?? 0;
}
