/** For each movie the movies that often follow it or go with it: rows of one width, filled up with movie 0. */
export interface NeighbourTable {
  /** Neighbours a row. */
  readonly width: number;
  /** (movies + 1) × width, movies from 1; row 0 is empty. */
  readonly items: Int32Array;
  readonly scores: Float32Array;
}

/** A table, and how much an event counts by how far back it is: first the most recent. */
export interface NeighbourChannel {
  readonly table: NeighbourTable;
  readonly byDistance: Float32Array;
}

export function emptyTable(movies: number, width: number): NeighbourTable {
  const size = (movies + 1) * width;
  return { width, items: new Int32Array(size), scores: new Float32Array(size) };
}

/** Fills a row with the movies of the largest sizes, best first. */
export function fillRow(
  { width, items, scores }: NeighbourTable,
  movie: number,
  found: readonly number[],
  score: Float64Array | Float32Array,
): void {
  const best = [...found].sort((a, b) => Math.abs(score[b] as number) - Math.abs(score[a] as number) || a - b);
  for (const [place, neighbour] of best.slice(0, width).entries()) {
    items[movie * width + place] = neighbour;
    scores[movie * width + place] = score[neighbour] as number;
  }
}
