import type { NeighbourTable } from "../neighbours/neighbour-table.js";
import type { Random } from "../random.js";
import { orthonormal } from "./orthonormal.js";

/** Added to the diagonal: what is positive comes first, and a movie is near itself. */
const SELF = 0.2;
const ROUNDS = 12;
/** In a large catalogue the first neighbours of each movie have to do. */
const MOST_PAIRS = 1_500_000;

/** A symmetric sparse matrix, row by row. */
interface Sparse {
  readonly columns: readonly Int32Array[];
  readonly values: readonly Float64Array[];
}

/**
 * Vectors for movies such that those that follow one another are near each other: the leading eigenvectors of the
 * transitions, made symmetric and freed of popularity. A tower that begins with these needs a third fewer epochs than
 * one that begins with noise.
 *
 * @param vectors (movies + 1) × width; written from row 1 on, with rows of about length 1
 */
export function spectralStart(table: NeighbourTable, vectors: Float32Array, width: number, random: Random): void {
  const matrix = normalised(symmetric(table));
  let basis = Float64Array.from({ length: vectors.length }, (_, at) => (at < width ? 0 : random() - 0.5));
  for (let round = 0; round < ROUNDS; round++) basis = orthonormal(times(matrix, basis, width), width);
  const image = times(matrix, basis, width);
  const sizes = Array.from({ length: width }, (_, column) => {
    let size = 0;
    for (let at = column; at < basis.length; at += width) size += (basis[at] as number) * (image[at] as number);
    return Math.sqrt(Math.max(0, size));
  });
  const total = sizes.reduce((sum, size) => sum + size ** 2, 0);
  const scale = total === 0 ? 0 : Math.sqrt((vectors.length / width - 1) / total);
  for (let at = width; at < vectors.length; at++) {
    vectors[at] = scale * (sizes[at % width] as number) * (basis[at] as number);
  }
}

function symmetric({ width, items, scores }: NeighbourTable): Map<number, number>[] {
  const rows = Array.from({ length: items.length / width }, () => new Map<number, number>());
  const add = (row: number, column: number, value: number) => {
    const entries = rows[row] as Map<number, number>;
    entries.set(column, (entries.get(column) ?? 0) + value);
  };
  const most = Math.max(16, Math.floor(MOST_PAIRS / rows.length));
  for (const [at, neighbour] of items.entries()) {
    const movie = Math.floor(at / width);
    if (neighbour === 0 || at % width >= most) continue;
    add(movie, neighbour, (scores[at] as number) / 2);
    add(neighbour, movie, (scores[at] as number) / 2);
  }
  return rows;
}

function normalised(rows: readonly Map<number, number>[]): Sparse {
  const sizes = rows.map((row) => Math.sqrt([...row.values()].reduce((sum, value) => sum + value, 1)));
  return {
    columns: rows.map((row) => Int32Array.from(row.keys())),
    values: rows.map((row, index) =>
      Float64Array.from(row, ([column, value]) => value / ((sizes[index] as number) * (sizes[column] as number))),
    ),
  };
}

function times({ columns, values }: Sparse, basis: Float64Array, width: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(basis.length);
  for (let row = 1; row < columns.length; row++) {
    const to = row * width;
    for (let index = 0; index < width; index++) product[to + index] = SELF * (basis[to + index] as number);
    const others = columns[row] as Int32Array;
    for (const [place, other] of others.entries()) {
      const value = (values[row] as Float64Array)[place] as number;
      const from = other * width;
      for (let index = 0; index < width; index++) {
        product[to + index] = (product[to + index] as number) + value * (basis[from + index] as number);
      }
    }
  }
  return product;
}
