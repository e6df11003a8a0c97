import type { HeldOut } from "../../learning/hold-out.js";
import { type LearnedModel, type LearnOptions, type LearnProgress, learn } from "../../learning/index.js";
import { coOccurrences, easeWeights } from "../../learning/neighbours/ease.js";
import { seededRandom, shuffle } from "../../learning/random.js";
import type { MathEngine } from "../../onnx/math-engine.js";
import { contentNeighbours, eachScored, ease, markov, popularity, type Scorer } from "./baselines.js";
import { type ItemTable, learningEvents, learningMovies } from "./item-table.js";
import { type Scores, scoreRankings } from "./score-cases.js";
import { toHistories } from "./sequence-histories.js";
import { type ServedFiles, servedScores } from "./served-scores.js";

/** What is measured on, and with what. */
export interface NextItemInput {
  readonly engine: MathEngine;
  readonly table: ItemTable;
  /** What may be learned from: each user's items, oldest first. */
  readonly sequences: readonly Int32Array[];
  /** The item that came next for each. */
  readonly targets: Int32Array;
  readonly options: LearnOptions;
  readonly onProgress?: (progress: LearnProgress) => void;
  /** Given, it is measured; else one is learned. */
  readonly model?: ServedFiles;
}

/** The result, as the last line has it. */
export interface NextItemReport {
  readonly metric: "next-item";
  readonly users: number;
  readonly items: number;
  /** By name: `model` is the learned one, `zero-shot` content only, `shuffled` the learned one on histories out of order. */
  readonly rows: Readonly<Record<string, Scores>>;
  /** What its manifest says of how it was learned. */
  readonly learned: unknown;
}

/** The report, and the model where one was learned. */
export interface NextItemResult {
  readonly report: NextItemReport;
  readonly model: LearnedModel | undefined;
}

const MEASURES = ["ndcg@10", "hr@10"] as const;
const EASE_LAMBDA = 400;

/**
 * Leave-one-out over the whole catalogue. The model and all that stands beside it see `sequences` only; the shares of
 * the model's parts are chosen on the last items of these.
 */
export async function evaluateNextItem(input: NextItemInput): Promise<NextItemResult> {
  const { engine, table, sequences, targets, options } = input;
  const cases = sequences.map((items, user) => caseOf(items, targets[user] as number));
  const learned = input.model === undefined ? await learnModel(input) : undefined;
  const model = (learned ?? input.model) as ServedFiles;
  const random = seededRandom(options.seed ?? 1);
  const shuffled = cases.map((held) => ({ ...held, items: shuffle(held.items.slice(), random) }));
  const score = (scorer: Scorer) => scoreRankings(MEASURES, cases, eachScored(cases, scorer));
  const weights = await easeTable(engine, sequences, table.names.length);
  const rows = {
    model: await scoreRankings(MEASURES, cases, servedScores(engine, model, table, cases)),
    shuffled: await scoreRankings(MEASURES, shuffled, servedScores(engine, model, table, shuffled)),
    "zero-shot": await score(contentNeighbours(table)),
    popularity: await score(popularity(sequences, table.names.length)),
    ease: await score(ease(weights, table.names.length)),
    "ease-last-5": await score(ease(weights, table.names.length, 5)),
    "markov-10": await score(markov(sequences, table.names.length)),
  };
  const report = {
    metric: "next-item",
    users: cases.length,
    items: table.names.length,
    rows,
    learned: model.manifest.metrics,
  } as const;
  return { report, model: learned };
}

function learnModel({ table, sequences, options, onProgress }: NextItemInput): Promise<LearnedModel> {
  return learn({
    events: learningEvents(sequences, table),
    movies: learningMovies(table),
    options: { ...options, recount: false },
    ...(onProgress && { onProgress }),
  });
}

function caseOf(items: Int32Array, target: number): HeldOut {
  const ages = new Float32Array(items.length);
  return { items, weights: new Float32Array(items.length).fill(1), ages, targets: Int32Array.of(target) };
}

/** EASE over all items of some sequences. */
export function easeTable(engine: MathEngine, sequences: readonly Int32Array[], items: number, lambda = EASE_LAMBDA) {
  const gram = coOccurrences(toHistories(sequences), items, (item) => item - 1);
  return easeWeights(engine, gram, items, lambda);
}
