import { invertSmall } from "../neighbours/invert-small.js";

/** What a projection is fitted on. */
export interface ProjectionInput {
  /** Centred content, (movies + 1) × length; row 0 is empty. */
  readonly content: Float32Array;
  readonly length: number;
  /** What each movie's vector became, (movies + 1) × width. */
  readonly vectors: Float32Array;
  readonly width: number;
  /** The widths of the parts that vectors are made of, each of which is fitted for itself; one unless told. */
  readonly parts?: readonly number[];
  /** How much each movie's vector is to be believed. */
  readonly trust: Float64Array;
}

/** content × width, and width. */
export interface Projection {
  readonly matrix: Float32Array;
  readonly offset: Float32Array;
}

/** Sums over movies that the solution is made of; those of several groups of movies are added up. */
export interface Sums {
  readonly gram: Float64Array;
  readonly cross: Float64Array;
  readonly content: Float64Array;
  readonly vectors: Float64Array;
  readonly trust: number;
}

export function gather({ content, length, vectors, width, trust }: ProjectionInput, movies: Int32Array): Sums {
  const sums = { content: new Float64Array(length), vectors: new Float64Array(width), trust: 0 };
  const gram = new Float64Array(length * length);
  const cross = new Float64Array(length * width);
  for (const movie of movies) {
    const weight = trust[movie] as number;
    sums.trust += weight;
    addScaled(sums.vectors, 0, vectors, movie * width, width, weight);
    addScaled(sums.content, 0, content, movie * length, length, weight);
    for (let row = 0; row < length; row++) {
      const value = weight * (content[movie * length + row] as number);
      addScaled(gram, row * length, content, movie * length, length, value);
      addScaled(cross, row * width, vectors, movie * width, width, value);
    }
  }
  return { ...sums, gram, cross };
}

function addScaled(
  to: Float64Array,
  at: number,
  row: Float32Array | Float64Array,
  from: number,
  width: number,
  by: number,
) {
  for (let column = 0; column < width; column++) {
    to[at + column] = (to[at + column] as number) + by * (row[from + column] as number);
  }
}

/** The sums over both groups; with -1, over those of the first that are not in the second. */
export function joinSums(first: Sums, second: Sums, sign: 1 | -1 = 1): Sums {
  const join = (a: Float64Array, b: Float64Array) => a.map((value, at) => value + sign * (b[at] as number));
  return {
    gram: join(first.gram, second.gram),
    cross: join(first.cross, second.cross),
    content: join(first.content, second.content),
    vectors: join(first.vectors, second.vectors),
    trust: first.trust + sign * second.trust,
  };
}

/** Ridge regression of vectors around their mean. @param penalty as a share of the content's own size */
export function solve({ length, width }: ProjectionInput, sums: Sums, penalty: number): Projection {
  const mean = sums.vectors.map((value) => value / Math.max(sums.trust, 1e-9));
  const cross = sums.cross.slice();
  for (let row = 0; row < length; row++) addScaled(cross, row * width, mean, 0, width, -(sums.content[row] as number));
  let size = 0;
  for (let row = 0; row < length; row++) size += (sums.gram[row * length + row] as number) / length;
  const raised = sums.gram.slice();
  for (let row = 0; row < length; row++) {
    raised[row * length + row] = (raised[row * length + row] as number) + penalty * size + 1e-9;
  }
  const inverse = invertSmall(raised, length);
  const matrix = new Float64Array(length * width);
  for (let row = 0; row < length; row++) {
    for (let inner = 0; inner < length; inner++) {
      addScaled(matrix, row * width, cross, inner * width, width, inverse[row * length + inner] as number);
    }
  }
  return { matrix: Float32Array.from(matrix), offset: Float32Array.from(mean) };
}

/** What a projection makes of a movie's content. */
export function projectRow(
  { content, length, width }: Pick<ProjectionInput, "content" | "length" | "width">,
  { matrix, offset }: Projection,
  movie: number,
): Float64Array {
  const guess = Float64Array.from(offset);
  for (let row = 0; row < length; row++) {
    const value = content[movie * length + row] as number;
    for (let column = 0; column < width; column++) {
      guess[column] = (guess[column] as number) + value * (matrix[row * width + column] as number);
    }
  }
  return guess;
}
