import type { HeldOut } from "../hold-out.js";
import type { NeighbourChannel } from "../neighbours/neighbour-table.js";
import { addChannel } from "../neighbours/sum-channels.js";
import { strengthOf } from "../tower/batch.js";

const MOST_CASES = 400;
const MOST_SCORES = 20_000_000;
const [LEAST, MOST] = [1e-3, 1e4];
const ROUNDS = 30;

/** The scores of all that could have come, and of what came. */
interface Asked {
  readonly scores: Float64Array;
  readonly reached: number;
}

/**
 * What the channels' scores of known movies have to be multiplied by to be the logarithm of how likely each movie is: the
 * number with which what was held out is the least surprise.
 */
export function sharpnessOf(channels: readonly NeighbourChannel[], cases: readonly HeldOut[], movies: number): number {
  const most = Math.max(20, Math.min(MOST_CASES, Math.floor(MOST_SCORES / (movies + 1))));
  const asked = cases.slice(0, most).map((held) => ask(channels, held, movies));
  let [low, high] = [Math.log(LEAST), Math.log(MOST)];
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    const slope = asked.reduce((sum, each) => sum + slopeOf(each, Math.exp(middle)), 0);
    if (slope > 0) high = middle;
    else low = middle;
  }
  return Math.exp((low + high) / 2);
}

function ask(channels: readonly NeighbourChannel[], held: HeldOut, movies: number): Asked {
  const said = new Float64Array(movies + 1);
  const strengths = Float32Array.from(held.weights, strengthOf);
  for (const channel of channels) addChannel(channel, held.items, strengths, said);
  const isSeen = new Uint8Array(movies + 1);
  isSeen[0] = 1;
  for (const item of held.items) isSeen[item] = 1;
  for (const target of held.targets) isSeen[target] = 0;
  const served = (movie: number) => Math.max(0, said[movie] as number);
  const reached = held.targets.reduce((sum, target) => sum + served(target), 0) / held.targets.length;
  return { scores: said.map((_, movie) => served(movie)).filter((_, movie) => isSeen[movie] === 0), reached };
}

/** How fast the surprise grows with the sharpness. */
function slopeOf({ scores, reached }: Asked, sharpness: number): number {
  const highest = scores.reduce((most, score) => Math.max(most, score));
  let [total, sum] = [0, 0];
  for (const score of scores) {
    const share = Math.exp(sharpness * (score - highest));
    total += share;
    sum += share * score;
  }
  return sum / total - reached;
}
