import type { Histories } from "./activity.js";
import type { Lesson } from "./lesson.js";
import type { NeighbourTable } from "./neighbours/neighbour-table.js";
import { fitProjection } from "./newcomers/fit-projection.js";
import { type Projection, projectRow } from "./newcomers/ridge.js";
import { type Random, seededRandom } from "./random.js";
import { centreContent, uncentredProjection } from "./read-movies.js";
import { spectralStart } from "./tower/spectral-start.js";
import { newWeights, type TowerWeights } from "./tower/tower-weights.js";
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
  const { corrections, projection, vectors } = splitVectors(tower, centred.values, histories, random);
  const uncentred = uncentredProjection(projection.matrix, projection.offset, [centred]);
  return { weights: { tower: { ...tower, corrections }, projection: uncentred }, vectors, losses };
}

/** So many events make half of what there is to know of a movie. */
const HALF_KNOWN = 20;

/** How much is known of each movie: from 0, for one without events, to 1. */
export function trustOf(histories: Histories, movies: number): Float64Array {
  const counts = new Float64Array(movies + 1);
  for (const item of histories.items) counts[item] = (counts[item] as number) + 1;
  return counts.map((count) => count / (count + HALF_KNOWN));
}

/**
 * Splits the vectors that the tower has learned anew, into what content tells best and what remains. Known movies keep
 * their vectors; new ones get the best guess instead of what the tower could do with a projection on the way.
 */
function splitVectors(tower: TowerWeights, content: Float32Array, histories: Histories, random: Random) {
  const { content: length, width } = tower.shape;
  const own = { matrix: tower.parameters.get("project"), offset: tower.parameters.get("offset") } as Projection;
  const trust = trustOf(histories, tower.corrections.length / width - 1);
  const rows = { content, length, width };
  const vectors = new Float32Array(tower.corrections.length);
  for (let movie = 1; movie < trust.length; movie++) {
    const told = projectRow(rows, own, movie);
    const at = movie * width;
    for (const [column, value] of told.entries())
      vectors[at + column] = value + (tower.corrections[at + column] as number);
  }
  const projection = fitProjection({ ...rows, vectors, trust }, random);
  const corrections = vectors.slice();
  for (let movie = 1; movie < trust.length; movie++) {
    const at = movie * width;
    for (const [column, value] of projectRow(rows, projection, movie).entries()) {
      corrections[at + column] = (corrections[at + column] as number) - value;
    }
  }
  return { corrections, projection, vectors };
}
