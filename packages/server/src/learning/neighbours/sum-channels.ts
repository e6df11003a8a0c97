import type { NeighbourChannel } from "./neighbour-table.js";

/**
 * What the channels say after some events: the sum over the recent ones, for every movie. The served graph computes the
 * same.
 *
 * @param items oldest first
 * @param strengths signed, one for each item
 * @param sums added to; one number for each movie, from 1
 */
export function addChannel(
  { table, byDistance }: NeighbourChannel,
  items: ArrayLike<number>,
  strengths: ArrayLike<number>,
  sums: Float32Array | Float64Array,
): void {
  const { width, items: neighbours, scores } = table;
  for (let back = 0; back < Math.min(items.length, byDistance.length); back++) {
    const event = items.length - 1 - back;
    const factor = (byDistance[back] as number) * (strengths[event] as number);
    const row = (items[event] as number) * width;
    if (factor === 0) continue;
    for (let at = row; at < row + width; at++) {
      const neighbour = neighbours[at] as number;
      if (neighbour === 0) break;
      sums[neighbour] = (sums[neighbour] as number) + factor * (scores[at] as number);
    }
  }
}
