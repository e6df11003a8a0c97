import { normal, type Random } from "../random.js";
import { sharedFloats } from "./shared-array.js";
import { type ParameterSpec, type TowerShape, towerParameters } from "./tower-shape.js";

/** Everything that a taste tower has learned. */
export interface TowerWeights {
  readonly shape: TowerShape;
  readonly parameters: ReadonlyMap<string, Float32Array>;
  /** A correction for each movie, (movies + 1) × width; row 0, for new ones, is zero. */
  readonly corrections: Float32Array;
}

/** Weights that have learned nothing yet. */
export function newWeights(shape: TowerShape, movies: number, random: Random): TowerWeights {
  const parameters = new Map(towerParameters(shape).map((spec) => [spec.name, begin(spec, random)]));
  const corrections = sharedFloats((movies + 1) * shape.width);
  const deviation = 1 / Math.sqrt(shape.width);
  for (let index = shape.width; index < corrections.length; index++) corrections[index] = normal(random, deviation);
  return { shape, parameters, corrections };
}

function begin({ shape, start }: ParameterSpec, random: Random): Float32Array {
  const values = sharedFloats(shape.reduce((product, size) => product * size, 1));
  if ("value" in start) return values.fill(start.value);
  if ("deviation" in start) {
    for (let index = 0; index < values.length; index++) values[index] = normal(random, start.deviation);
    return values;
  }
  const columns = shape[1] as number;
  for (let row = 0; row < columns; row++) values[row * columns + row] = start.identity;
  return values;
}
