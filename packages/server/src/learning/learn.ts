import { startMathEngine } from "../onnx/math-engine.js";
import { countTables } from "./count-tables.js";
import { finish } from "./finish.js";
import { fitMix } from "./fit-mix.js";
import { type HeldOut, holdOut } from "./hold-out.js";
import { sortMovies } from "./known-movies.js";
import type { LearnProgress, LearnRequest } from "./learn-options.js";
import type { LearnedModel, LearnReport } from "./learned-model.js";
import { type Lesson, type Settled, settle } from "./lesson.js";
import { mixed, served } from "./model/assemble.js";
import type { TowerPart } from "./model/learned-weights.js";
import { scoreWithModel } from "./model/score-cases.js";
import { rehearse } from "./newcomers/rehearse.js";
import { seededRandom } from "./random.js";
import { readActivity } from "./read-activity.js";
import { readMovies } from "./read-movies.js";
import { reportValidation } from "./report-validation.js";
import { trainWeights } from "./train-weights.js";

const MOST_CASES = 2000;
/** Scores of all movies for all cases are held at once: 4 bytes each. */
const MOST_SCORES = 40_000_000;

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
  const options = settle(request.options);
  const tell = (progress: LearnProgress) => request.onProgress?.(progress);
  const { movies, unknown, histories, events } = await read(request, options, tell);
  await using engine = startMathEngine({ threads: options.threads });
  const lesson: Lesson = { engine, options, movies, tell, signal: request.signal };
  const most = Math.max(100, Math.min(MOST_CASES, Math.floor(MOST_SCORES / (movies.ids.length + 1))));
  const { train, cases } = holdOut(histories, options.goal, most, seededRandom(options.seed));
  if (cases.length === 0) throw new RangeError("no user has done enough for anything to be learned");
  const tables = await countTables(lesson, train);
  const { weights, vectors, losses } = await trainWeights(lesson, train, tables.transitions);
  tell({ phase: "fitting", done: 0, total: cases.length });
  const towerScores = await scoresOf(lesson, weights, cases);
  const inputs = {
    goal: options.goal,
    cases,
    towerScores,
    hasTower: losses.length > 0,
    ...tables,
    maxEvents: options.maxEvents,
  };
  const mix = fitMix(inputs);
  const validation = reportValidation(inputs, mix, train);
  const rehearsed = { weights: mixed(lesson, weights, tables, mix), vectors, train, cases, unknown };
  const rehearsal = await rehearse(lesson, rehearsed);
  const users = histories.starts.length - 1;
  const counts = { users, events, movies: movies.ids.length, epochs: losses.length, cases: cases.length };
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const report: LearnReport = { goal: options.goal, ...counts, losses, validation, mix, seconds };
  tell({ phase: "writing", done: 0, total: undefined });
  const learned = { options, movies, weights, vectors, mix, rehearsal, report };
  if (!options.recount) return finish(lesson, learned, tables, train);
  return finish(lesson, learned, await countTables(lesson, histories), histories);
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
  const { known, unknown, histories } = sortMovies(all, read.histories);
  return { movies: known, unknown, histories, events: read.events };
}

/** What the tower alone says of the cases, asked of it as it will be served. */
async function scoresOf(lesson: Lesson, weights: TowerPart, cases: readonly HeldOut[]): Promise<Float32Array[]> {
  const scores: Float32Array[] = [];
  const model = served(lesson, { ...weights, channels: [] });
  for await (const row of scoreWithModel(lesson.engine, model, cases)) scores.push(row);
  return scores;
}
