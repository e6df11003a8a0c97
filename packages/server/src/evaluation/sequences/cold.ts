import type { HeldOut } from "../../learning/hold-out.js";
import { type LearnedModel, type LearnOptions, type LearnProgress, learn } from "../../learning/index.js";
import { seededRandom, shuffle } from "../../learning/random.js";
import type { MathEngine } from "../../onnx/math-engine.js";
import { contentNeighbours, eachScored } from "./baselines.js";
import { type ItemTable, learningEvents, learningMovies } from "./item-table.js";
import { type Scores, scoreRankings } from "./score-cases.js";
import { servedScores } from "./served-scores.js";

/** What is measured on, and with what. */
export interface ColdInput {
  readonly engine: MathEngine;
  readonly table: ItemTable;
  readonly sequences: readonly Int32Array[];
  readonly options: LearnOptions;
  readonly onProgress?: (progress: LearnProgress) => void;
}

/** The result, as the last line has it. */
export interface ColdReport {
  readonly metric: "cold";
  readonly users: number;
  readonly items: number;
  /** Items that nothing was learned of. */
  readonly hidden: number;
  readonly rows: Readonly<Record<"model" | "content-knn" | "warm", Scores>>;
  /** The model's ndcg@10 as a multiple of that of the others. */
  readonly ratios: Readonly<Record<"content-knn" | "warm", number>>;
}

const MEASURES = ["ndcg@10", "hr@10"] as const;
const HIDDEN_SHARE = 0.1;

/**
 * Items that nothing was learned of, ranked among all others. A tenth of the items is hidden; each user is asked for the
 * last of these that they have, after what came before it. The warm model answers the same questions and has learned
 * from the hidden items too, but from no user's events from the asked one on.
 */
export async function evaluateCold(input: ColdInput): Promise<{ report: ColdReport; model: LearnedModel }> {
  const { engine, table, options } = input;
  const random = seededRandom(options.seed ?? 1);
  const isHidden = hide(table.names.length, random);
  const cut = input.sequences.map((sequence) => cutAtLast(sequence, isHidden));
  const cases = cut.flatMap(({ before, target }) => (target > 0 && before.length > 0 ? [caseOf(before, target)] : []));
  const past = cut.map(({ before }) => before);
  const learnFrom = (sequences: readonly Int32Array[]) =>
    learn({
      events: learningEvents(sequences, table),
      movies: learningMovies(table),
      options,
      ...(input.onProgress && { onProgress: input.onProgress }),
    });
  const model = await learnFrom(past.map((items) => items.filter((item) => isHidden[item] === 0)));
  const warm = await learnFrom(past);
  const score = (learned: LearnedModel) => scoreRankings(MEASURES, cases, servedScores(engine, learned, table, cases));
  const rows = {
    model: await score(model),
    "content-knn": await scoreRankings(MEASURES, cases, eachScored(cases, contentNeighbours(table))),
    warm: await score(warm),
  };
  const ratio = (row: Scores) => Number(((rows.model["ndcg@10"] as number) / (row["ndcg@10"] as number)).toFixed(3));
  const hidden = isHidden.reduce((sum, value) => sum + value, 0);
  const sizes = { users: cases.length, items: table.names.length, hidden };
  const ratios = { "content-knn": ratio(rows["content-knn"]), warm: ratio(rows.warm) };
  return { report: { metric: "cold", ...sizes, rows, ratios }, model };
}

function hide(items: number, random: () => number): Uint8Array {
  const isHidden = new Uint8Array(items + 1);
  const order = shuffle(
    Int32Array.from({ length: items }, (_, index) => index + 1),
    random,
  );
  for (const item of order.subarray(0, Math.round(items * HIDDEN_SHARE))) isHidden[item] = 1;
  return isHidden;
}

/** What came before the last hidden item of a sequence; all of it where there is none. */
function cutAtLast(sequence: Int32Array, isHidden: Uint8Array): { before: Int32Array; target: number } {
  const place = sequence.findLastIndex((item) => isHidden[item] === 1);
  if (place < 0) return { before: sequence, target: 0 };
  return { before: sequence.slice(0, place), target: sequence[place] as number };
}

function caseOf(items: Int32Array, target: number): HeldOut {
  const ages = new Float32Array(items.length);
  return { items, weights: new Float32Array(items.length).fill(1), ages, targets: Int32Array.of(target) };
}
