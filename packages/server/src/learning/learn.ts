import { type MathEngine, startMathEngine } from "../onnx/math-engine.js";
import type { Histories } from "./activity.js";
import { distanceWeights, fitMix } from "./fit-mix.js";
import { type HeldOut, holdOut } from "./hold-out.js";
import { keepActive } from "./known-movies.js";
import type { LearnOptions, LearnProgress, LearnRequest } from "./learn-options.js";
import type { LearnedModel, LearnReport, Mix } from "./learned-model.js";
import { modelFiles } from "./model/model-files.js";
import { scoreWithModel } from "./model/score-cases.js";
import { itemModel, type LearnedWeights, tasteModel } from "./model/taste-graph.js";
import { countTogether } from "./neighbours/count-together.js";
import type { NeighbourTable } from "./neighbours/neighbour-table.js";
import { countTransitions } from "./neighbours/transitions.js";
import { seededRandom } from "./random.js";
import { readActivity } from "./read-activity.js";
import { centreContent, type Movies, readMovies, uncentredProjection } from "./read-movies.js";
import { reportValidation } from "./report-validation.js";
import { spectralStart } from "./tower/spectral-start.js";
import { newWeights } from "./tower/tower-weights.js";
import { trainTower } from "./tower/train-tower.js";

/** A model looks at this many events. */
export const MAX_EVENTS = 200;
/** So many neighbours come with a query. */
export const NEIGHBOURS = 500;
/** All neighbours of all movies together, for each table: 8 bytes each in the file. */
const MOST_PAIRS = 6_000_000;
const MOST_CASES = 2000;
/** Scores of all movies for all cases are held at once: 4 bytes each. */
const MOST_SCORES = 40_000_000;

/** The defaults that decide how good a model gets, chosen on the validation items of MovieLens-1M. */
const DEFAULTS = { goal: "next", seed: 1, epochs: 12, threads: 2, width: 64, window: 50, recount: true } as const;
const TOWER = { heads: 2, layers: 2, dropout: 0.15, correctionDropout: 0.1, decay: 0.01, batch: 64, rate: 4e-3 };
const TRANSITIONS = { steps: 10, decay: 0.7, doubt: 30, sharpness: 1000 };
const LAMBDA = 400;

type Settled = Required<Omit<LearnOptions, "minutes">> & Pick<LearnOptions, "minutes">;

/** What the steps of learning share. */
interface Lesson {
  readonly engine: MathEngine;
  readonly options: Settled;
  readonly movies: Movies;
  readonly tell: (progress: LearnProgress) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Learns a taste model from activity: which movies follow and go with which, a tower that reads recent events, and how
 * much each of these counts. Everything is computed by ONNX Runtime on a thread of its own, or in plain arrays.
 *
 * 1 M events over a few thousand movies take about 2 CPU minutes an epoch and under 2 GB.
 *
 * @throws {RangeError} for vectors of another length than `contentModel.dimension`, or when nothing can be learned
 */
export async function learn(request: LearnRequest): Promise<LearnedModel> {
  const startedAt = performance.now();
  const options = { ...DEFAULTS, ...request.options };
  const tell = (progress: LearnProgress) => request.onProgress?.(progress);
  const { movies, histories, events } = await read(request, options, tell);
  await using engine = startMathEngine({ threads: options.threads });
  const lesson: Lesson = { engine, options, movies, tell, signal: request.signal };
  const most = Math.max(100, Math.min(MOST_CASES, Math.floor(MOST_SCORES / (movies.ids.length + 1))));
  const { train, cases } = holdOut(histories, options.goal, most, seededRandom(options.seed));
  if (cases.length === 0) throw new RangeError("no user has done enough for anything to be learned");
  const tables = await countTables(lesson, train);
  const { weights, losses } = await trainWeights(lesson, train, tables.transitions);
  tell({ phase: "fitting", done: 0, total: cases.length });
  const towerScores = await scoresOf(lesson, weights, cases);
  const inputs = { goal: options.goal, cases, towerScores, ...tables, maxEvents: MAX_EVENTS };
  const mix = fitMix(inputs);
  const validation = reportValidation(inputs, mix, train);
  const final = options.recount ? await countTables(lesson, histories) : tables;
  const users = histories.starts.length - 1;
  const counts = { users, events, movies: movies.ids.length, epochs: losses.length, cases: cases.length };
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const report: LearnReport = { goal: options.goal, ...counts, losses, validation, mix, seconds };
  tell({ phase: "writing", done: 0, total: undefined });
  return write(lesson, mixed(weights, final, mix), report);
}

async function read(
  { events, movies: batches, signal }: LearnRequest,
  { contentModel }: Settled,
  tell: Lesson["tell"],
) {
  const all = await readMovies(batches, contentModel.dimension);
  const index = new Map(all.ids.map((id, place) => [id, place + 1]));
  const read = await readActivity(
    events,
    (id) => index.get(id),
    (done) => {
      signal?.throwIfAborted();
      tell({ phase: "reading", done, total: undefined });
    },
  );
  return { ...keepActive(all, read.histories, contentModel.dimension), events: read.events };
}

interface Tables {
  readonly transitions: NeighbourTable;
  readonly together: NeighbourTable;
}

async function countTables({ engine, movies, tell, signal }: Lesson, histories: Histories): Promise<Tables> {
  const count = movies.ids.length;
  const width = Math.max(1, Math.min(400, count, Math.floor(MOST_PAIRS / count)));
  tell({ phase: "counting", done: 0, total: 2 });
  const transitions = countTransitions(histories, count, { ...TRANSITIONS, width });
  signal?.throwIfAborted();
  tell({ phase: "counting", done: 1, total: 2 });
  const together = await countTogether(engine, histories, count, { lambda: LAMBDA, width });
  tell({ phase: "counting", done: 2, total: 2 });
  return { transitions, together };
}

async function trainWeights(
  { engine, options, movies, tell, signal }: Lesson,
  histories: Histories,
  transitions: NeighbourTable,
) {
  const { width, window, epochs, seed, minutes, contentModel } = options;
  const random = seededRandom(seed + 1);
  const sizes = {
    content: contentModel.dimension,
    width,
    heads: TOWER.heads,
    layers: TOWER.layers,
    inner: 2 * width,
    window,
  };
  const tower = newWeights(sizes, movies.ids.length, random);
  spectralStart(transitions, tower.corrections, width, random);
  const centred = centreContent(movies.content, contentModel.dimension);
  const losses: number[] = [];
  if (epochs > 0) {
    const data = { engine, histories, content: centred.values, random };
    const limit = minutes === undefined ? {} : { mostMs: minutes * 60_000 };
    const onStep = (done: number, total: number) => tell({ phase: "training", done, total });
    const onEpoch = (loss: number) => losses.push(loss);
    await trainTower(tower, { ...data, ...TOWER, ...limit, epochs, onStep, onEpoch, ...(signal && { signal }) });
  }
  const learned = (name: string) => tower.parameters.get(name) as Float32Array;
  const projection = uncentredProjection(learned("project"), learned("offset"), centred);
  return { weights: { tower, projection }, losses };
}

type TowerPart = Pick<LearnedWeights, "tower" | "projection">;

/** What the tower alone says of the cases, asked of it as it will be served. */
async function scoresOf({ engine, movies, options }: Lesson, weights: TowerPart, cases: readonly HeldOut[]) {
  const whole = { ...weights, channels: [] };
  const served = {
    taste: tasteModel(whole, MAX_EVENTS, NEIGHBOURS),
    item: itemModel(whole),
    content: movies.content,
    contentLength: options.contentModel.dimension,
    known: Int32Array.from({ length: movies.ids.length + 1 }, (_, movie) => movie),
    maxEvents: MAX_EVENTS,
  };
  const scores: Float32Array[] = [];
  for await (const row of scoreWithModel(engine, served, cases)) scores.push(row);
  return scores;
}

/** The weights with the shares of the parts worked in. */
function mixed({ tower, projection }: TowerPart, tables: Tables, mix: Mix): LearnedWeights {
  const channels = (["transitions", "together"] as const)
    .filter((name) => mix[name].scale > 0)
    .map((name) => ({ table: tables[name], byDistance: distanceWeights(mix[name], MAX_EVENTS) }));
  return { tower, projection, channels, towerShare: mix.tower };
}

function write({ options, movies }: Lesson, weights: LearnedWeights, report: LearnReport): LearnedModel {
  const { name, version, licence, contentModel, width } = options;
  const sizes = { dimension: width, maxEvents: MAX_EVENTS, neighbours: Math.min(NEIGHBOURS, movies.ids.length + 1) };
  return modelFiles({
    description: { name, version, licence, contentModel, ...sizes },
    report,
    taste: tasteModel(weights, MAX_EVENTS, NEIGHBOURS),
    item: itemModel(weights),
    movieIds: movies.ids,
  });
}
