import { type HeldOut, holdOut } from "../../learning/hold-out.js";
import { type LearnedModel, type LearnOptions, type LearnProgress, learn } from "../../learning/index.js";
import { seededRandom, shuffle } from "../../learning/random.js";
import type { MathEngine } from "../../onnx/math-engine.js";
import { eachScored, ease, popularity, type Scorer } from "./baselines.js";
import { itemTable, learningEvents, learningMovies } from "./item-table.js";
import { easeTable } from "./next-item.js";
import { type Scores, scoreRankings } from "./score-cases.js";
import { toHistories } from "./sequence-histories.js";
import { servedScores } from "./served-scores.js";

/** What is measured on, and with what. */
export interface StrongInput {
  readonly engine: MathEngine;
  /** Items from 1 to the length of `names`. */
  readonly names: readonly string[];
  readonly sequences: readonly Int32Array[];
  /** Users held out. */
  readonly users: number;
  readonly options: Omit<LearnOptions, "contentModel">;
  readonly onProgress?: (progress: LearnProgress) => void;
}

/** The result, as the last line has it. */
export interface StrongReport {
  readonly metric: "strong";
  readonly users: number;
  readonly items: number;
  /** What EASE was tuned to. */
  readonly lambda: number;
  readonly rows: Readonly<Record<string, Scores>>;
  readonly learned: LearnedModel["report"];
}

const MEASURES = ["recall@20", "ndcg@100"] as const;
const LAMBDAS = [100, 200, 400, 800, 1600];
const MAX_EVENTS = 1000;
const REST_SHARE = 0.2;
const TUNING_USERS = 500;

/**
 * Strong generalisation: users of whom nothing was learned from show four fifths of their items, drawn by chance, in
 * order; the others are to be found. EASE is tuned, and the model's shares are chosen, on users that are held out of
 * what is learned from in turn.
 */
export async function evaluateStrong(input: StrongInput): Promise<{ report: StrongReport; model: LearnedModel }> {
  const { engine, names, options } = input;
  const random = seededRandom(options.seed ?? 1);
  const order = shuffle(Int32Array.from(input.sequences.keys()), random);
  const pick = (users: Int32Array) => Array.from(users, (user) => input.sequences[user] as Int32Array);
  const cases = pick(order.slice(0, input.users)).map((sequence) => foldIn(sequence, random));
  const sequences = pick(order.slice(input.users));
  const lambda = await tuneEase(engine, sequences, names.length, options.seed ?? 1);
  const weights = await easeTable(engine, sequences, names.length, lambda);
  const table = itemTable(names);
  const model = await learn({
    events: learningEvents(sequences, table),
    movies: learningMovies(table),
    // What somebody likes is as likely to be among what they had long ago.
    options: {
      ...options,
      goal: "rest",
      maxEvents: MAX_EVENTS,
      contentModel: { name: "none", version: "1", dimension: table.length },
    },
    ...(input.onProgress && { onProgress: input.onProgress }),
  });
  const score = (scorer: Scorer) => scoreRankings(MEASURES, cases, eachScored(cases, scorer));
  const rows = {
    model: await scoreRankings(MEASURES, cases, servedScores(engine, model, table, cases)),
    ease: await score(ease(weights, names.length)),
    popularity: await score(popularity(sequences, names.length)),
  };
  const sizes = { users: cases.length, items: names.length };
  return { report: { metric: "strong", ...sizes, lambda, rows, learned: model.report }, model };
}

function foldIn(sequence: Int32Array, random: () => number): HeldOut {
  const places = shuffle(Int32Array.from(sequence.keys()), random);
  const cut = Math.max(1, Math.round(places.length * REST_SHARE));
  const itemsAt = (chosen: Int32Array) => Int32Array.from(chosen, (place) => sequence[place] as number);
  const items = itemsAt(places.slice(cut).sort());
  const ages = new Float32Array(items.length);
  return { items, weights: new Float32Array(items.length).fill(1), ages, targets: itemsAt(places.slice(0, cut)) };
}

async function tuneEase(engine: MathEngine, sequences: readonly Int32Array[], items: number, seed: number) {
  const { train, cases } = holdOut(toHistories(sequences), "rest", TUNING_USERS, seededRandom(seed));
  const kept = Array.from(train.starts.subarray(0, -1), (from, user) =>
    train.items.slice(from, train.starts[user + 1]),
  );
  let best = { lambda: LAMBDAS[0] as number, reached: -1 };
  for (const lambda of LAMBDAS) {
    const scorer = ease(await easeTable(engine, kept, items, lambda), items);
    const scores = await scoreRankings(["ndcg@100"], cases, eachScored(cases, scorer));
    const reached = scores["ndcg@100"] as number;
    if (reached > best.reached) best = { lambda, reached };
  }
  return best.lambda;
}
