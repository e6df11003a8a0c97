import type { Histories } from "../activity.js";
import type { HeldOut } from "../hold-out.js";
import { joinMovies } from "../known-movies.js";
import type { Lesson } from "../lesson.js";
import { served } from "../model/assemble.js";
import type { LearnedWeights } from "../model/learned-weights.js";
import { seededRandom, shuffle } from "../random.js";
import type { Movies } from "../read-movies.js";
import { strengthOf } from "../tower/batch.js";
import { trustOf } from "../train-weights.js";
import { fitNewcomers, reachOf } from "./fit-newcomers.js";
import { newcomerBonus } from "./newcomer-bonus.js";
import { sharpnessOf } from "./sharpness.js";

/** New movies are rehearsed with at least so many of them. */
const NEW_SHARE = 0.1;

/** What the movies are known by, and what was learned of them from. */
export interface Rehearsed {
  readonly weights: LearnedWeights;
  readonly vectors: Float32Array;
  readonly train: Histories;
  readonly cases: readonly HeldOut[];
  /** Movies without activity. */
  readonly unknown: Movies;
}

/** What is learned in rehearsal. */
export interface RehearsalResult {
  /** What new movies get for being new. */
  readonly bonus: number;
  /** What the channels' scores are multiplied by to be logarithms of how likely movies are. */
  readonly sharpness: number;
}

/**
 * Finds the bonus of new movies on the catalogue as it is: the movies without activity are new. Where these are less
 * than a tenth, as many of the known ones are taken for new beside them, and nothing is told from those.
 */
export async function rehearse(
  lesson: Lesson,
  { weights, vectors, train, cases, unknown }: Rehearsed,
): Promise<RehearsalResult> {
  const { movies, engine, options } = lesson;
  const random = seededRandom(options.seed);
  const trust = trustOf(train, movies.ids.length);
  const total = movies.ids.length + unknown.ids.length;
  const missing = Math.max(0, Math.ceil(total * NEW_SHARE) - unknown.ids.length);
  const order = shuffle(
    Int32Array.from(movies.ids, (_, place) => place + 1),
    random,
  );
  const pretended = new Set(order.subarray(0, Math.min(missing, movies.ids.length - 1)));
  for (const movie of pretended) trust[movie] = 0;
  const { channels } = weights;
  const sharpness = sharpnessOf(channels, cases, movies.ids.length);
  const newcomers = fitNewcomers({ movies, vectors, channels, trust, histories: train, sharpness }, random);
  const whole = joinMovies(movies, unknown);
  const known = Int32Array.from({ length: total + 1 }, (_, movie) =>
    movie > movies.ids.length || pretended.has(movie) ? 0 : movie,
  );
  const model = { ...served({ ...lesson, movies: whole }, { ...weights, newcomers }), known };
  const reaches = cases.map(({ items, weights: told }) =>
    reachOf(
      newcomers,
      Float32Array.from(told, (weight, event) => (known[items[event] as number] === 0 ? 0 : strengthOf(weight))),
    ),
  );
  return { bonus: await newcomerBonus({ engine, goal: options.goal, model, cases, reaches }), sharpness };
}
