import type { LearningMovie } from "./activity.js";
import { sharedFloats } from "./tower/shared-array.js";

/** Movies by index from 1, and their content vectors. */
export interface Movies {
  readonly ids: readonly string[];
  /** (movies + 1) × length; row 0 is empty. */
  readonly content: Float32Array;
  /** (movies + 1) × any length, which may be 0; row 0 is empty. */
  readonly facts: Float32Array;
}

/** Reads all movies. A movie that comes twice counts as it came first. */
export async function readMovies(batches: AsyncIterable<readonly LearningMovie[]>, length: number): Promise<Movies> {
  const ids = new Set<string>();
  const vectors: Float32Array[] = [];
  const facts: Float32Array[] = [];
  for await (const batch of batches) {
    for (const { id, vector, facts: told = new Float32Array(0) } of batch) {
      if (ids.has(id)) continue;
      if (vector.length !== length)
        throw new RangeError(`the vector of ${id} has ${vector.length} numbers, not ${length}`);
      const other = facts[0]?.length ?? told.length;
      if (told.length !== other) throw new RangeError(`the facts of ${id} are ${told.length} numbers, not ${other}`);
      ids.add(id);
      vectors.push(vector);
      facts.push(told);
    }
  }
  return { ids: [...ids], content: inRows(vectors, length), facts: inRows(facts, facts[0]?.length ?? 0) };
}

function inRows(vectors: readonly Float32Array[], length: number): Float32Array {
  const rows = sharedFloats((vectors.length + 1) * length);
  for (const [index, vector] of vectors.entries()) rows.set(vector, (index + 1) * length);
  return rows;
}

/** Content vectors as learning wants them, and how they were made: (vector - centre) · scale. */
export interface CentredContent {
  readonly values: Float32Array;
  readonly centre: Float64Array;
  readonly scale: number;
}

/**
 * Moves content vectors to a mean of 0 and numbers of about 1. Text vectors share a large common part, which says
 * nothing about any one movie.
 */
export function centreContent(content: Float32Array, length: number): CentredContent {
  const rows = content.length / length - 1;
  const centre = new Float64Array(length);
  for (let at = length; at < content.length; at++) {
    centre[at % length] = (centre[at % length] as number) + (content[at] as number) / rows;
  }
  let square = 0;
  for (let at = length; at < content.length; at++)
    square += ((content[at] as number) - (centre[at % length] as number)) ** 2;
  const scale = square === 0 ? 1 : Math.sqrt((rows * length) / square);
  const values = sharedFloats(content.length);
  for (let at = length; at < content.length; at++) {
    values[at] = ((content[at] as number) - (centre[at % length] as number)) * scale;
  }
  return { values, centre, scale };
}

/** The projection for numbers as they are, part behind part, from the one that was learned for centred ones. */
export function uncentredProjection(
  matrix: Float32Array,
  offset: Float32Array,
  parts: readonly CentredContent[],
): { matrix: Float32Array; offset: Float32Array } {
  const width = offset.length;
  const moved = Float64Array.from(offset);
  const scaled = new Float32Array(matrix.length);
  let at = 0;
  for (const { centre, scale } of parts) {
    for (const middle of centre) {
      for (let column = 0; column < width; column++, at++) {
        const value = scale * (matrix[at] as number);
        moved[column] = (moved[column] as number) - middle * value;
        scaled[at] = value;
      }
    }
  }
  return { matrix: scaled, offset: Float32Array.from(moved) };
}
