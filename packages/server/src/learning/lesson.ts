import type { MathEngine } from "../onnx/math-engine.js";
import type { LearnOptions, LearnProgress } from "./learn-options.js";
import type { Movies } from "./read-movies.js";

/** Options with nothing left open. */
export type Settled = Required<Omit<LearnOptions, "minutes">> & Pick<LearnOptions, "minutes">;

/** What the steps of learning share. */
export interface Lesson {
  readonly engine: MathEngine;
  readonly options: Settled;
  readonly movies: Movies;
  readonly tell: (progress: LearnProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/** The defaults that decide how good a model gets, chosen on the validation items of MovieLens-1M. */
const DEFAULTS = {
  goal: "next",
  seed: 1,
  epochs: 12,
  threads: 2,
  width: 64,
  maxEvents: 200,
  window: 50,
  recount: true,
} as const;

/** Fills in what was not told. */
export function settle(options: LearnOptions): Settled {
  return { ...DEFAULTS, ...options };
}
