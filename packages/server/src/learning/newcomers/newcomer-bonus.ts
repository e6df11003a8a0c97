import type { MathEngine } from "../../onnx/math-engine.js";
import type { HeldOut } from "../hold-out.js";
import type { LearningGoal } from "../learn-options.js";
import { type ServedModel, scoreWithModel } from "../model/score-cases.js";
import { ndcg, ranksOf } from "../ranks.js";

/** A model in rehearsal, over all movies of the catalogue. */
export interface Rehearsal {
  readonly engine: MathEngine;
  readonly goal: LearningGoal;
  /** Without any bonus. */
  readonly model: ServedModel;
  readonly cases: readonly HeldOut[];
  /** What the bonus is multiplied by after each case. */
  readonly reaches: readonly number[];
}

/**
 * The share of their NDCG that new movies may cost the known ones. It is as large as it would have to be if new movies,
 * a tenth of all, were chosen half as often again as the others; where there are fewer of them, they cost less.
 */
const COST = 0.15;
const MOST_CASES = 400;
const MOST_SCORES = 40_000_000;
const ROUNDS = 40;

/** A known movie that is asked for: its rank among known movies, and the bonuses above which new ones pass it. */
interface Asked {
  readonly ranks: readonly number[];
  readonly passed: readonly Float64Array[];
}

/**
 * What a new movie's score lacks. What is guessed of it lies nearer to the middle than what is known of others, so that
 * beside known movies it would hardly ever be seen, and what is never seen never becomes known. The bonus is the most
 * that leaves those who want a known movie with most of what they have.
 */
export async function newcomerBonus({ engine, goal, model, cases, reaches }: Rehearsal): Promise<number> {
  const isNew = Uint8Array.from(model.known, (known, movie) => (movie > 0 && known === 0 ? 1 : 0));
  const limit = goal === "next" ? 10 : 100;
  const most = Math.max(20, Math.min(MOST_CASES, Math.floor(MOST_SCORES / isNew.length)));
  const places = Array.from(cases.keys())
    .filter((place) => cases[place]?.targets.some((target) => isNew[target] === 0) && (reaches[place] as number) > 0)
    .slice(0, most);
  const chosen = places.map((place) => cases[place] as HeldOut);
  const asked: Asked[] = [];
  for await (const scores of scoreWithModel(engine, model, chosen)) {
    const place = asked.length;
    const reach = reaches[places[place] as number] as number;
    asked.push(askFor(scores, chosen[place] as HeldOut, isNew, reach, limit));
  }
  const reached = (bonus: number) => {
    const gains = asked.map(({ ranks, passed }) =>
      ndcg(
        ranks.map((rank, index) => rank + below(passed[index] as Float64Array, bonus)),
        limit,
      ),
    );
    return gains.reduce((sum, gain) => sum + gain, 0);
  };
  return largest(asked, (bonus) => reached(bonus) >= (1 - COST) * reached(Number.NEGATIVE_INFINITY));
}

function askFor(scores: Float32Array, held: HeldOut, isNew: Uint8Array, reach: number, limit: number): Asked {
  const targets = held.targets.filter((target) => isNew[target] === 0);
  const isSeen = new Uint8Array(isNew.length);
  for (const item of held.items) isSeen[item] = 1;
  for (const target of held.targets) isSeen[target] = 0;
  const left = isSeen.map((seen, movie) => seen | (isNew[movie] as number));
  const rivals = scores.filter((_, movie) => isNew[movie] === 1 && isSeen[movie] === 0).sort();
  const best = rivals.slice(-limit).reverse();
  return {
    ranks: ranksOf(scores, left, targets),
    passed: Array.from(targets, (target) =>
      Float64Array.from(best, (score) => ((scores[target] as number) - score) / reach),
    ),
  };
}

const below = (sorted: Float64Array, bonus: number) => {
  const end = sorted.findIndex((each) => each >= bonus);
  return end < 0 ? sorted.length : end;
};

/** The largest bonus that is still allowed; the more there is the less is. */
function largest(asked: readonly Asked[], isAllowed: (bonus: number) => boolean): number {
  const all = asked.flatMap(({ passed }) => passed.flatMap((each) => [...each]));
  if (all.length === 0) return 0;
  let low = all.reduce((least, each) => Math.min(least, each));
  let high = all.reduce((most, each) => Math.max(most, each));
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    if (isAllowed(middle)) low = middle;
    else high = middle;
  }
  return low;
}
