import { startMathEngine } from "../onnx/math-engine.js";
import type { Histories } from "./activity.js";
import { countTables, type Tables } from "./count-tables.js";
import type { LearnedModel, LearnReport, Mix } from "./learned-model.js";
import type { Lesson, Settled } from "./lesson.js";
import { assemble, mixed } from "./model/assemble.js";
import type { TowerPart } from "./model/learned-weights.js";
import { fitNewcomers, withBonus } from "./newcomers/fit-newcomers.js";
import type { RehearsalResult } from "./newcomers/rehearse.js";
import { seededRandom } from "./random.js";
import { readActivity } from "./read-activity.js";
import type { Movies } from "./read-movies.js";
import { trustOf } from "./train-weights.js";

/** What is kept of learning when only the counting is done again. */
export interface Learned {
  readonly options: Settled;
  readonly movies: Movies;
  readonly weights: TowerPart;
  /** The vectors that the tower knows the movies by. */
  readonly vectors: Float32Array;
  readonly mix: Mix;
  readonly rehearsal: RehearsalResult;
  readonly report: LearnReport;
}

/** Puts a model together from what was trained and what was counted. */
export function finish(lesson: Lesson, learned: Learned, tables: Tables, histories: Histories): LearnedModel {
  const { movies, weights, vectors, mix, rehearsal, options, report } = learned;
  const trust = trustOf(histories, movies.ids.length);
  const whole = mixed(lesson, weights, tables, mix);
  const { bonus, sharpness } = rehearsal;
  const parts = { movies, vectors, channels: whole.channels, trust, histories, sharpness };
  const told = fitNewcomers(parts, seededRandom(options.seed));
  return {
    ...assemble(lesson, { ...whole, newcomers: withBonus(told, bonus) }, report),
    recount: (events, signal) => recount(learned, events, signal),
  };
}

async function recount(
  learned: Learned,
  events: Parameters<LearnedModel["recount"]>[0],
  signal: AbortSignal | undefined,
): Promise<LearnedModel> {
  const { movies, options } = learned;
  const index = new Map(movies.ids.map((id, place) => [id, place + 1]));
  const read = await readActivity(
    events,
    (id) => index.get(id),
    () => signal?.throwIfAborted(),
  );
  await using engine = startMathEngine({ threads: options.threads });
  const lesson: Lesson = { engine, options, movies, tell: () => {}, signal };
  const recounted = { users: read.histories.starts.length - 1, events: read.events };
  const tables = await countTables(lesson, read.histories);
  return finish(lesson, { ...learned, report: { ...learned.report, recounted } }, tables, read.histories);
}
