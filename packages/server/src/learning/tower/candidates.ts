import type { Random } from "../random.js";
import type { Batch } from "./batch.js";

/** The movies that a batch's targets are told from. */
export interface Candidates {
  /** The movie of each candidate; candidate 0 is nobody. */
  readonly items: Int32Array;
  /** The candidate that a movie of the batch is. */
  readonly of: (item: number) => number;
  /** Added to the scores: minus the logarithm of how likely the candidate was to be one. */
  readonly bias: Float32Array;
  /** Whether these are all movies, each in its own place. */
  readonly isWhole: boolean;
}

/** Beyond this many movies the next one is told from a sample. */
export const MOST_CANDIDATES = 8192;
/** Drawn beside the movies of the batch. */
const DRAWN = 3000;

/**
 * Chooses candidates: the whole catalogue, or the movies of the batch and others drawn evenly. What a candidate adds to
 * the sum over all movies is divided by its probability of being drawn (logQ correction), so that the frequent ones,
 * which are in every batch, do not count more than the others.
 *
 * @param shares how much of all events is with each movie
 */
export function chooseCandidates(
  shares: Float64Array,
  batch: Pick<Batch, "items" | "targets">,
  random: Random,
  most: number = MOST_CANDIDATES,
): Candidates {
  const count = shares.length - 1;
  if (count < most) return everyMovie(count);
  const chosen = new Set<number>([0]);
  for (const item of batch.items) chosen.add(item);
  for (const item of batch.targets) chosen.add(item);
  for (let draw = 0; draw < DRAWN; draw++) chosen.add(1 + Math.floor(random() * count));
  const items = Int32Array.from(chosen);
  const places = new Map(Array.from(items, (item, place) => [item, place]));
  const drawn = (1 - 1 / count) ** DRAWN;
  const bias = Float32Array.from(items, (item) => {
    const absent = drawn * (1 - (shares[item] as number)) ** batch.targets.length;
    return item === 0 ? -1e9 : -Math.log(1 - absent);
  });
  return { items, of: (item) => places.get(item) as number, bias, isWhole: false };
}

let everyone: Candidates | undefined;

function everyMovie(count: number): Candidates {
  if (everyone?.items.length === count + 1) return everyone;
  const bias = new Float32Array(count + 1);
  bias[0] = -1e9;
  everyone = {
    items: Int32Array.from({ length: count + 1 }, (_, item) => item),
    of: (item) => item,
    bias,
    isWhole: true,
  };
  return everyone;
}
