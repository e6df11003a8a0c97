import type { NeighbourTable } from "../neighbours/neighbour-table.js";
import type { Random } from "../random.js";
import { orthonormal } from "../tower/orthonormal.js";

/** What a table says, in few numbers: a movie says of another the product of what it says and how the other lies, and the mean. */
export interface Directions {
  readonly width: number;
  /** (movies + 1) × (width + 2); behind the width what the movie says of the others in the mean, and 1. */
  readonly says: Float32Array;
  /** (movies + 1) × width. */
  readonly lies: Float32Array;
}

const ROUNDS = 5;

/**
 * The directions in which movies differ most by what is said of them: the leading eigenvectors of a table's columns
 * around their mean, by subspace iteration.
 *
 * @param trust how much each movie counts among those of whom something is said
 */
export function leadingDirections(
  table: NeighbourTable,
  trust: Float64Array,
  width: number,
  random: Random,
): Directions {
  const movies = trust.length;
  const mean = meanSaid(table, trust);
  let basis = Float64Array.from({ length: movies * width }, (_, at) => (at < width ? 0 : random() - 0.5));
  for (let round = 0; round < ROUNDS; round++) {
    const lies = liesAlong(table, basis, mean, width);
    basis = orthonormal(saidAlong(table, lies, trust, width), width);
  }
  const says = new Float32Array(movies * (width + 2));
  for (let movie = 1; movie < movies; movie++) {
    const at = movie * (width + 2);
    says.set(basis.subarray(movie * width, (movie + 1) * width), at);
    says.set([mean[movie] as number, 1], at + width);
  }
  return { width, says, lies: Float32Array.from(liesAlong(table, basis, mean, width)) };
}

function meanSaid({ width, items, scores }: NeighbourTable, trust: Float64Array): Float64Array {
  const total = trust.reduce((sum, value) => sum + value, 0) || 1;
  const mean = new Float64Array(trust.length);
  for (const [at, neighbour] of items.entries()) {
    const movie = Math.floor(at / width);
    mean[movie] = (mean[movie] as number) + ((trust[neighbour] as number) * (scores[at] as number)) / total;
  }
  return mean;
}

/** How each movie lies in the directions: what the others say of it beyond what they say of any. */
function liesAlong(table: NeighbourTable, basis: Float64Array, mean: Float64Array, width: number): Float64Array {
  const lies = new Float64Array(basis.length);
  eachPair(table, (movie, neighbour, score) => addTo(lies, neighbour * width, basis, movie * width, score, width));
  const middle = new Float64Array(width);
  for (const [movie, size] of mean.entries()) addTo(middle, 0, basis, movie * width, size, width);
  for (let at = width; at < lies.length; at++) lies[at] = (lies[at] as number) - (middle[at % width] as number);
  return lies;
}

/** What each movie says of others along the directions in which these lie. */
function saidAlong(table: NeighbourTable, lies: Float64Array, trust: Float64Array, width: number) {
  const said = new Float64Array(lies.length);
  eachPair(table, (movie, neighbour, score) => {
    addTo(said, movie * width, lies, neighbour * width, score * (trust[neighbour] as number), width);
  });
  return said;
}

function eachPair(table: NeighbourTable, act: (movie: number, neighbour: number, score: number) => void): void {
  const { width, items, scores } = table;
  for (const [at, neighbour] of items.entries()) {
    if (neighbour > 0) act(Math.floor(at / width), neighbour, scores[at] as number);
  }
}

function addTo(sum: Float64Array, to: number, row: Float64Array, from: number, factor: number, width: number): void {
  for (let index = 0; index < width; index++) {
    sum[to + index] = (sum[to + index] as number) + factor * (row[from + index] as number);
  }
}
