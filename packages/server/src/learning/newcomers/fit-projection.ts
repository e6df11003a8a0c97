import { type Random, shuffle } from "../random.js";
import { gather, joinSums, type Projection, type ProjectionInput, projectRow, type Sums, solve } from "./ridge.js";

/** Shares of the content's own size that are added to it. */
const PENALTIES = [0.03, 0.1, 0.3, 1, 3, 10];
/** The movies are split so many times into those that a projection is fitted on and those that it is tried on. */
const FOLDS = 5;
/** More would take long and say little: those of most trust have to do. */
const MOST_MOVIES = 10_000;
/** Guesses are stretched at most so far. */
const MOST_STRETCH = 4;

/** A projection, and what it would have told of the movies that it was fitted on. */
export interface CrossFitted {
  readonly projection: Projection;
  /** The movies that it was fitted on, in random order. */
  readonly movies: Int32Array;
  /** (movies + 1) × width; what each of `movies` is told to be by a projection that was fitted without it. */
  readonly leftOut: Float32Array;
}

/**
 * The projection that comes nearest to the movies' learned vectors from their content alone (ridge regression). How far
 * it is pulled to zero is what tells the vectors best of some movies that it was not fitted on, since it is there for
 * movies that nobody has seen.
 */
export function crossFit(input: ProjectionInput, random: Random): CrossFitted {
  const movies = knownMovies(input, random);
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const [from, to] = [fold, fold + 1].map((each) => Math.round((each * movies.length) / FOLDS));
    return movies.subarray(from, to);
  });
  const sums = folds.map((fold) => gather(input, fold));
  const total = sums.reduce((all, each) => joinSums(all, each));
  const without = (fold: number) => joinSums(total, sums[fold] as Sums, -1);
  const penalties = bestPenalties(input, without(0), folds[0] as Int32Array);
  const leftOut = new Float32Array(input.vectors.length);
  for (const [fold, held] of folds.entries()) {
    const projection = solveParts(input, without(fold), penalties);
    for (const movie of held) leftOut.set(projectRow(input, projection, movie), movie * input.width);
  }
  return { projection: solveParts(input, total, penalties), movies, leftOut };
}

/**
 * The projection, stretched. What is guessed lies nearer to the middle than what was learned, which would keep new movies
 * from ever being the best guess for anybody; so guesses are stretched until they are as far apart as the learned vectors.
 */
export function fitProjection(input: ProjectionInput, random: Random): Projection {
  const fitted = crossFit(input, random);
  return scaleColumns(fitted.projection, new Float64Array(input.width).fill(stretchOf(input, fitted, input.width)));
}

/** How far the first columns are to be stretched. */
export function stretchOf(input: ProjectionInput, { projection, movies }: CrossFitted, columns: number): number {
  const { vectors, width, trust } = input;
  let [learned, guessed] = [0, 0];
  for (const movie of movies) {
    const guess = projectRow(input, projection, movie);
    for (let column = 0; column < columns; column++) {
      const [weight, middle] = [trust[movie] as number, projection.offset[column] as number];
      learned += weight * ((vectors[movie * width + column] as number) - middle) ** 2;
      guessed += weight * ((guess[column] as number) - middle) ** 2;
    }
  }
  const ratio = learned / guessed;
  return ratio > 0 ? Math.min(MOST_STRETCH, Math.max(1, Math.sqrt(ratio))) : 1;
}

/** Each column of the guesses so many times as far from its middle. */
export function scaleColumns({ matrix, offset }: Projection, factors: Float64Array): Projection {
  return { matrix: matrix.map((value, at) => value * (factors[at % factors.length] as number)), offset };
}

function knownMovies({ trust }: ProjectionInput, random: Random): Int32Array {
  const all = Int32Array.from({ length: trust.length - 1 }, (_, index) => index + 1);
  const known = all.filter((movie) => (trust[movie] as number) > 0);
  const trusted = known.sort((a, b) => (trust[b] as number) - (trust[a] as number) || a - b);
  return shuffle(trusted.slice(0, MOST_MOVIES), random);
}

function bestPenalties(input: ProjectionInput, sums: Sums, held: Int32Array): number[] {
  const errors = PENALTIES.map((penalty) => errorsOf(input, solve(input, sums, penalty), held));
  return (input.parts ?? [input.width]).map((_, part) => {
    const ofPart = errors.map((each) => each[part] as number);
    return PENALTIES[ofPart.indexOf(Math.min(...ofPart))] as number;
  });
}

/** Each part of the solution with the penalty that is its own. */
function solveParts(input: ProjectionInput, sums: Sums, penalties: readonly number[]): Projection {
  const solved = new Map([...new Set(penalties)].map((penalty) => [penalty, solve(input, sums, penalty)]));
  const partOf = partOfColumns(input);
  const solutions = partOf.map((part) => solved.get(penalties[part] as number) as Projection);
  const matrix = Float32Array.from(
    { length: input.length * input.width },
    (_, at) => (solutions[at % input.width] as Projection).matrix[at] as number,
  );
  return { matrix, offset: (solutions[0] as Projection).offset };
}

/** The part that each column belongs to. */
function partOfColumns({ width, parts = [width] }: Pick<ProjectionInput, "width" | "parts">): number[] {
  return parts.flatMap((columns, part) => Array.from({ length: columns }, () => part));
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
