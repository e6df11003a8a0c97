import type { MathEngine } from "../onnx/math-engine.js";
import type { HeldOut } from "./hold-out.js";
import { type ServedModel, scoreWithModel } from "./model/score-cases.js";
import { type Random, shuffle } from "./random.js";

const PRETENDED_SHARE = 0.1;
const MOST_CASES = 400;
/** New movies have as many of the first places as they should. */
const PLACES = 10;

/**
 * What a new movie's score lacks. Nothing follows it yet and nothing corrects its vector, so that beside known movies it
 * would never be seen. A tenth of the known movies is taken for new, and the bonus is what brings as many of them among
 * the first ten as the share of events that were with them: neither more nor less than what they deserve.
 */
export async function newcomerBonus(
  engine: MathEngine,
  model: ServedModel,
  cases: readonly HeldOut[],
  random: Random,
): Promise<number> {
  const movies = shuffle(
    Int32Array.from({ length: model.known.length - 1 }, (_, index) => index + 1),
    random,
  );
  const isNew = new Uint8Array(model.known.length);
  for (const movie of movies.subarray(0, Math.ceil(movies.length * PRETENDED_SHARE))) isNew[movie] = 1;
  const known = model.known.map((index, movie) => (isNew[movie] === 1 ? 0 : index));
  const asked = cases.slice(0, MOST_CASES);
  const missing: number[] = [];
  let right = 0;
  let index = 0;
  for await (const scores of scoreWithModel(engine, { ...model, known }, asked)) {
    const { items, targets } = asked[index++] as HeldOut;
    const isSeen = new Uint8Array(scores.length);
    for (const item of items) isSeen[item] = 1;
    const bar = lastPlace(scores, isNew, isSeen);
    for (let movie = 1; movie < scores.length; movie++) {
      if (isNew[movie] === 1 && isSeen[movie] === 0) missing.push(bar - (scores[movie] as number));
    }
    right += targets.filter((target) => isNew[target] === 1).length / targets.length;
  }
  missing.sort((a, b) => a - b);
  return missing[Math.min(missing.length - 1, Math.round(right * PLACES))] ?? 0;
}

/** The score of the last known movie among the first ones. */
function lastPlace(scores: Float32Array, isNew: Uint8Array, isSeen: Uint8Array): number {
  const rest = scores.filter((_, movie) => movie > 0 && isNew[movie] === 0 && isSeen[movie] === 0);
  return rest.sort().at(-Math.min(PLACES, rest.length)) ?? 0;
}
