import type { NextCase, TimeSplit } from "../../evaluation/activity/activity-log.js";
import { type Comparison, pairedBootstrap } from "../../evaluation/activity/paired-bootstrap.js";
import {
  gainsOf,
  type Judge,
  type NextScores,
  popularityJudge,
  scoresOf,
} from "../../evaluation/activity/score-next.js";
import type { Progress } from "../../importing/progress.js";
import { seededRandom } from "../../learning/random.js";

/** A model's figures on a time split, and by how much the candidate is better. */
export interface Rival {
  readonly name: string;
  readonly scores: NextScores;
  readonly candidateIsBetterBy: Comparison;
}

/** How a candidate stands beside its rivals. */
export interface ModelComparison {
  readonly cases: number;
  readonly users: number;
  /** When the cases begin, as ISO 8601. */
  readonly from: string;
  readonly candidate: NextScores;
  readonly rivals: readonly Rival[];
  /** Whether the candidate is significantly better than every rival. */
  readonly better: boolean;
}

/** Has all models tell the same cases. */
export async function compareModels(
  split: TimeSplit,
  movieIds: readonly string[],
  models: { readonly candidate: Judge; readonly rivals: Readonly<Record<string, Judge>> },
  progress: Progress,
): Promise<ModelComparison> {
  const { cases, before } = split;
  const judged = Object.entries({ ...models.rivals, popularity: popularityJudge(before) });
  const task = progress.begin("Testing ", "cases", cases.length * (judged.length + 1));
  let done = 0;
  const onCase = () => task.update(++done, done);
  try {
    const gains = await gainsOf(cases, movieIds, models.candidate, onCase);
    const rivals: Rival[] = [];
    for (const [name, judge] of judged) {
      const others = await gainsOf(cases, movieIds, judge, onCase);
      const candidateIsBetterBy = pairedBootstrap(pairs(cases, gains, others), seededRandom(1));
      rivals.push({ name, scores: scoresOf(others), candidateIsBetterBy });
    }
    return {
      cases: cases.length,
      users: new Set(cases.map(({ userId }) => userId)).size,
      from: new Date(split.at * 1_000).toISOString(),
      candidate: scoresOf(gains),
      rivals,
      better: cases.length > 0 && rivals.every(({ candidateIsBetterBy }) => candidateIsBetterBy.better),
    };
  } finally {
    task.end();
  }
}

function pairs(cases: readonly NextCase[], first: readonly number[], second: readonly number[]) {
  return cases.map(({ userId: user }, at) => ({ user, first: first[at] ?? 0, second: second[at] ?? 0 }));
}
