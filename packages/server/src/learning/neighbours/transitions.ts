import type { Histories } from "../activity.js";
import { spanOf, userCount } from "../activity.js";
import { emptyTable, fillRow, type NeighbourTable } from "./neighbour-table.js";

/** How what follows is counted. */
export interface TransitionOptions {
  /** How many events on still count as following. */
  readonly steps: number;
  /** How much less each step further counts. */
  readonly decay: number;
  /** How many counts it takes to be believed. */
  readonly doubt: number;
  /** How many times likelier than nothing a transition must be to matter. */
  readonly sharpness: number;
  readonly width: number;
}

/**
 * Counts which movies follow which, within some steps, and turns the counts into logarithms of likelihood. Added up
 * over the recent events these make a far better guess than added-up likelihoods do: where several events point to one
 * movie, that counts as agreement, not as an average (on MovieLens-1M NDCG@10 .176 instead of .163, on validation).
 */
export function countTransitions(histories: Histories, movies: number, options: TransitionOptions): NeighbourTable {
  const { steps, decay, doubt, sharpness, width } = options;
  const { items, weights } = histories;
  const table = emptyTable(movies, width);
  const places = placesByMovie(histories, movies);
  const ends = endOfEach(histories);
  const counts = new Float64Array(movies + 1);
  for (let movie = 1; movie <= movies; movie++) {
    const found: number[] = [];
    let total = 0;
    for (const place of places.of(movie)) {
      let worth = 1;
      for (let next = place + 1; next < Math.min(place + 1 + steps, ends[place] as number); next++) {
        const follower = items[next] as number;
        if (follower !== movie && (weights[next] as number) > 0) {
          if (counts[follower] === 0) found.push(follower);
          counts[follower] = (counts[follower] as number) + worth;
          total += worth;
        }
        worth *= decay;
      }
    }
    for (const follower of found) {
      counts[follower] = Math.log1p((sharpness * (counts[follower] as number)) / (total + doubt));
    }
    fillRow(table, movie, found, counts);
    for (const follower of found) counts[follower] = 0;
  }
  return table;
}

/** Where each movie is in the histories, events of liking only. */
export function placesByMovie({ items, weights }: Histories, movies: number): { of(movie: number): Int32Array } {
  const starts = new Int32Array(movies + 2);
  for (const [event, item] of items.entries()) {
    if ((weights[event] as number) > 0) starts[item + 1] = (starts[item + 1] as number) + 1;
  }
  for (let movie = 0; movie <= movies; movie++)
    starts[movie + 1] = (starts[movie + 1] as number) + (starts[movie] as number);
  const places = new Int32Array(starts[movies + 1] as number);
  const next = starts.slice();
  for (const [event, item] of items.entries()) {
    if ((weights[event] as number) <= 0) continue;
    const at = next[item] as number;
    places[at] = event;
    next[item] = at + 1;
  }
  return { of: (movie) => places.subarray(starts[movie], starts[movie + 1]) };
}

/** For each event where its history ends. */
export function endOfEach(histories: Histories): Int32Array {
  const ends = new Int32Array(histories.items.length);
  for (let user = 0; user < userCount(histories); user++) {
    const [from, to] = spanOf(histories, user);
    ends.fill(to, from, to);
  }
  return ends;
}
