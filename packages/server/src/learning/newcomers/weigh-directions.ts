import type { Histories } from "../activity.js";
import type { Random } from "../random.js";
import { Adam } from "../tower/adam.js";
import { type AskedEvents, askEvents } from "./ask-events.js";
import type { NewcomerChannel } from "./newcomers.js";

/** What the directions are weighed on. */
export interface DirectionsInput {
  readonly channels: readonly NewcomerChannel[];
  readonly histories: Histories;
  /** Movies that something is known of. */
  readonly movies: Int32Array;
  /** How each of them lies in the directions of all channels, told by what was learned without it. */
  readonly leftOut: Float32Array;
  /** What a known movie's score has to be multiplied by to be the logarithm of how likely it is. */
  readonly sharpness: number;
}

const [STEPS, BATCH, RATE] = [100, 256, 0.05];
/** So many movies are taken for new in each step. */
const CANDIDATES = 300;
/** Guesses are taken so many times as they are at most. */
const MOST_FACTOR = 8;

/**
 * How much is to be made of what is told along each direction. Not all of them are told equally well from a record, and
 * not all help equally to choose. So the factors are those with which the movies that users came to are told best from
 * others (softmax cross-entropy), all of them as new ones would be: by what was learned without them. Then scores of new
 * movies are as far apart as those of known ones, for how likely they are.
 */
export function weighDirections(input: DirectionsInput, random: Random): Float64Array {
  const { channels, histories, movies, sharpness } = input;
  const isKnown = new Set(movies);
  const asked = askEvents(histories, channels, (movie) => isKnown.has(movie), STEPS * BATCH, random);
  const { width } = asked;
  // A factor for each direction, and the logarithm of one for all.
  const numbers = new Float32Array(width + 1).fill(1);
  numbers[width] = Math.log(sharpness);
  const adam = new Adam(numbers, width + 1, { decay: 0 });
  const size = Math.floor(asked.targets.length / STEPS);
  for (let step = 0; size > 0 && step < STEPS; step++) {
    const candidates = Int32Array.from({ length: CANDIDATES }, () => drawFrom(movies, random));
    const slopes = new Float32Array(width + 1);
    for (let place = step * size; place < (step + 1) * size; place++) {
      addSlopes(asked, place, candidates, input.leftOut, numbers, slopes);
    }
    const mean = slopes.map((slope) => slope / size);
    adam.step(mean, RATE * (1 - step / STEPS));
  }
  const sure = Math.exp(numbers[width] as number) / sharpness;
  return Float64Array.from(numbers.subarray(0, width), (factor) => Math.min(MOST_FACTOR, Math.max(0, factor * sure)));
}

const drawFrom = (movies: Int32Array, random: Random) => movies[Math.floor(random() * movies.length)] as number;

/** Adds the slopes of the surprise at one movie among the candidates, with respect to each number. */
function addSlopes(
  { states, width, targets, seen }: AskedEvents,
  place: number,
  candidates: Int32Array,
  lies: Float32Array,
  numbers: Float32Array,
  slopes: Float32Array,
): void {
  const target = targets[place] as number;
  const out = new Set(seen[place]).add(target);
  const rivals = [target, ...candidates.filter((movie) => !out.has(movie))];
  const state = states.subarray(place * width, (place + 1) * width);
  const sharp = Math.exp(numbers[width] as number);
  const query = state.map((said, index) => said * (numbers[index] as number) * sharp);
  const scores = rivals.map((movie) => product(query, lies, movie * width));
  const highest = scores.reduce((most, score) => Math.max(most, score));
  const shares = scores.map((score) => Math.exp(score - highest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const pull = new Float64Array(width);
  for (const [index, movie] of rivals.entries()) {
    const surplus = (shares[index] as number) / total - (index === 0 ? 1 : 0);
    slopes[width] = (slopes[width] as number) + surplus * (scores[index] as number);
    for (let column = 0, at = movie * width; column < width; column++, at++) {
      pull[column] = (pull[column] as number) + surplus * (lies[at] as number);
    }
  }
  for (let column = 0; column < width; column++) {
    slopes[column] = (slopes[column] as number) + sharp * (state[column] as number) * (pull[column] as number);
  }
}

function product(query: Float32Array, rows: Float32Array, from: number): number {
  let sum = 0;
  for (let index = 0; index < query.length; index++) sum += (query[index] as number) * (rows[from + index] as number);
  return sum;
}
