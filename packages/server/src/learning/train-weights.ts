import type { Histories } from "./activity.js";
import type { Lesson } from "./lesson.js";
import type { NeighbourTable } from "./neighbours/neighbour-table.js";
import { seededRandom } from "./random.js";
import { centreContent, uncentredProjection } from "./read-movies.js";
import { spectralStart } from "./tower/spectral-start.js";
import { newWeights } from "./tower/tower-weights.js";
import { trainTower } from "./tower/train-tower.js";

const TOWER = { heads: 2, layers: 2, dropout: 0.15, correctionDropout: 0.1, decay: 0.01, batch: 64, rate: 4e-3 };

/** Trains the tower, which begins with movies near those that follow them. */
export async function trainWeights(
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
