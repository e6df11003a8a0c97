import { invertSmall } from "../neighbours/invert-small.js";
import { type Random, shuffle } from "../random.js";

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

/** Shares of the content's own size that are added to it. */
const PENALTIES = [0.03, 0.1, 0.3, 1, 3, 10];
const HELD_OUT = 0.1;
/** More would take long and say little: those of most trust have to do. */
const MOST_MOVIES = 10_000;
/** Guesses are stretched at most so far. */
const MOST_STRETCH = 4;

/**
 * The projection that comes nearest to the movies' learned vectors from their content alone (ridge regression). How far
 * it is pulled to zero is what tells the vectors best of a tenth of the movies that it was not fitted on, since it is
 * there for movies that nobody has seen.
 *
 * What is guessed lies nearer to the middle than what was learned, which would keep new movies from ever being the best
 * guess for anybody; so guesses are stretched until they are as far apart as the learned vectors are.
 */
export function fitProjection(input: ProjectionInput, random: Random): Projection {
  const all = Int32Array.from({ length: input.trust.length - 1 }, (_, index) => index + 1);
  const known = all.filter((movie) => (input.trust[movie] as number) > 0);
  const trusted = known.sort((a, b) => (input.trust[b] as number) - (input.trust[a] as number) || a - b);
  const order = shuffle(trusted.slice(0, MOST_MOVIES), random);
  const [held, rest] = [order.subarray(0, order.length * HELD_OUT), order.subarray(order.length * HELD_OUT)];
  const sums = gather(input, rest);
  const errors = PENALTIES.map((penalty) => errorsOf(input, solve(input, sums, penalty), held));
  const penalties = (input.parts ?? [input.width]).map((_, part) => {
    const ofPart = errors.map((each) => each[part] as number);
    return PENALTIES[ofPart.indexOf(Math.min(...ofPart))] as number;
  });
  return stretch(input, solveParts(input, gather(input, order), penalties), order);
}

/** Each part of the solution with the penalty that is its own. */
function solveParts(input: ProjectionInput, sums: Sums, penalties: readonly number[]): Projection {
  const solved = new Map([...new Set(penalties)].map((penalty) => [penalty, solve(input, sums, penalty)]));
  const partOf = partOfColumns(input);
  const matrixOf = (at: number) =>
    (solved.get(penalties[partOf[at % input.width] as number] as number) as Projection).matrix;
  const matrix = Float32Array.from({ length: input.length * input.width }, (_, at) => matrixOf(at)[at] as number);
  return { matrix, offset: Float32Array.from(sums.mean) };
}

/** The part that each column belongs to. */
function partOfColumns({ width, parts = [width] }: ProjectionInput): number[] {
  return parts.flatMap((columns, part) => Array.from({ length: columns }, () => part));
}

/** Sums over movies that the solution is made of. */
interface Sums {
  readonly gram: Float64Array;
  readonly cross: Float64Array;
  /** The mean of the vectors. */
  readonly mean: Float64Array;
}

function gather({ content, length, vectors, width, trust }: ProjectionInput, movies: Int32Array): Sums {
  const mean = new Float64Array(width);
  let total = 0;
  for (const movie of movies) {
    const weight = trust[movie] as number;
    total += weight;
    for (let column = 0; column < width; column++) {
      mean[column] = (mean[column] as number) + weight * (vectors[movie * width + column] as number);
    }
  }
  for (let column = 0; column < width; column++) mean[column] = (mean[column] as number) / Math.max(total, 1e-9);
  const gram = new Float64Array(length * length);
  const cross = new Float64Array(length * width);
  for (const movie of movies) {
    for (let row = 0; row < length; row++) {
      const value = (trust[movie] as number) * (content[movie * length + row] as number);
      for (let column = 0, at = movie * length; column < length; column++, at++) {
        gram[row * length + column] = (gram[row * length + column] as number) + value * (content[at] as number);
      }
      for (let column = 0, at = movie * width; column < width; column++, at++) {
        const away = (vectors[at] as number) - (mean[column] as number);
        cross[row * width + column] = (cross[row * width + column] as number) + value * away;
      }
    }
  }
  return { gram, cross, mean };
}

function solve({ length, width }: ProjectionInput, { gram, cross, mean }: Sums, penalty: number): Projection {
  let size = 0;
  for (let row = 0; row < length; row++) size += (gram[row * length + row] as number) / length;
  const raised = gram.slice();
  for (let row = 0; row < length; row++) {
    raised[row * length + row] = (raised[row * length + row] as number) + penalty * size + 1e-9;
  }
  const inverse = invertSmall(raised, length);
  const matrix = new Float64Array(length * width);
  for (let row = 0; row < length; row++) {
    for (let inner = 0; inner < length; inner++) {
      const value = inverse[row * length + inner] as number;
      for (let column = 0; column < width; column++) {
        const at = row * width + column;
        matrix[at] = (matrix[at] as number) + value * (cross[inner * width + column] as number);
      }
    }
  }
  return { matrix: Float32Array.from(matrix), offset: Float32Array.from(mean) };
}

function stretch(input: ProjectionInput, projection: Projection, movies: Int32Array): Projection {
  const { vectors, width, trust } = input;
  const { offset } = projection;
  const partOf = partOfColumns(input);
  const [learned, guessed] = [new Float64Array(partOf.length), new Float64Array(partOf.length)];
  for (const movie of movies) {
    for (const [column, guess] of projectRow(input, projection, movie).entries()) {
      const [part, weight] = [partOf[column] as number, trust[movie] as number];
      const away = (vectors[movie * width + column] as number) - (offset[column] as number);
      learned[part] = (learned[part] as number) + weight * away ** 2;
      guessed[part] = (guessed[part] as number) + weight * (guess - (offset[column] as number)) ** 2;
    }
  }
  const factors = Array.from(learned, (size, part) => {
    const ratio = size / (guessed[part] as number);
    return ratio > 0 ? Math.min(MOST_STRETCH, Math.max(1, Math.sqrt(ratio))) : 1;
  });
  const factorOf = (at: number) => factors[partOf[at % width] as number] as number;
  return { matrix: projection.matrix.map((value, at) => value * factorOf(at)), offset };
}

/** How far the guesses are from the movies' vectors, for each part. */
function errorsOf(input: ProjectionInput, projection: Projection, movies: Int32Array): Float64Array {
  const { vectors, width, trust } = input;
  const partOf = partOfColumns(input);
  const errors = new Float64Array((partOf.at(-1) ?? 0) + 1);
  for (const movie of movies) {
    for (const [column, guess] of projectRow(input, projection, movie).entries()) {
      const away = (vectors[movie * width + column] as number) - guess;
      const part = partOf[column] as number;
      errors[part] = (errors[part] as number) + (trust[movie] as number) * away * away;
    }
  }
  return errors;
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
