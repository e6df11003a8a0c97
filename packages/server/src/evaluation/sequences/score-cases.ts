import type { HeldOut } from "../../learning/hold-out.js";
import { hit, meanOf, ndcg, ranksOf, recall } from "../../learning/ranks.js";

/** A measure of one ranking, from the ranks of what was asked for. */
export type Measure = (ranks: readonly number[]) => number;

/** The measures by the names that reports give them. */
export const measures = {
  "ndcg@10": (ranks) => ndcg(ranks, 10),
  "hr@10": (ranks) => hit(ranks, 10),
  "recall@20": (ranks) => recall(ranks, 20),
  "ndcg@100": (ranks) => ndcg(ranks, 100),
} satisfies Record<string, Measure>;

export type MeasureName = keyof typeof measures;

/** Means, and their standard errors under the same names with `±` before them. */
export type Scores = Readonly<Record<string, number>>;

/** Ranks everything but what the user has seen, and measures where that which is right comes. */
export async function scoreRankings(
  names: readonly MeasureName[],
  cases: readonly HeldOut[],
  scores: AsyncIterable<Float32Array | Float64Array> | Iterable<Float32Array | Float64Array>,
): Promise<Scores> {
  const values = names.map((): number[] => []);
  let index = 0;
  for await (const row of scores) {
    const { items, targets } = cases[index++] as HeldOut;
    const isSeen = new Uint8Array(row.length);
    for (const item of items) isSeen[item] = 1;
    for (const target of targets) isSeen[target] = 0;
    const ranks = ranksOf(row, isSeen, targets);
    for (const [place, name] of names.entries()) values[place]?.push(measures[name](ranks));
  }
  return Object.fromEntries(
    names.flatMap((name, place) => {
      const { mean, standardError } = meanOf(values[place] as number[]);
      return [
        [name, round(mean)],
        [`±${name}`, round(standardError)],
      ];
    }),
  );
}

const round = (value: number) => Number(value.toFixed(4));
