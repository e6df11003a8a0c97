import { type Histories, spanOf, userCount } from "../activity.js";
import type { Random } from "../random.js";
import { strengthOf } from "../tower/batch.js";
import type { NewcomerChannel } from "./newcomers.js";

/** Moments before some events, drawn by chance. */
export interface AskedEvents {
  /** What the events before each say along each direction of each channel: moments × width. */
  readonly states: Float32Array;
  readonly width: number;
  /** The movie that came. */
  readonly targets: Int32Array;
  /** The movies before it. */
  readonly seen: readonly Int32Array[];
}

/** Shorter histories say too little to be asked about. */
const SHORTEST = 3;
/** So many events are looked at for each that can be asked about. */
const MOST_TRIES = 4;

/** Draws events in which one of the movies is liked: those of any user as often as those of any other. */
export function askEvents(
  histories: Histories,
  channels: readonly NewcomerChannel[],
  isAsked: (movie: number) => boolean,
  most: number,
  random: Random,
): AskedEvents {
  const { items, weights } = histories;
  const users = userCount(histories);
  const chosen: { start: number; event: number }[] = [];
  for (let tried = 0; users > 0 && chosen.length < most && tried < most * MOST_TRIES; tried++) {
    const [start, end] = spanOf(histories, Math.floor(random() * users));
    const event = start + SHORTEST + Math.floor(random() * (end - start - SHORTEST));
    if (event < start + SHORTEST || event >= end) continue;
    if ((weights[event] as number) > 0 && isAsked(items[event] as number)) chosen.push({ start, event });
  }
  const width = channels.reduce((sum, channel) => sum + channel.width - 2, 0);
  const states = new Float32Array(chosen.length * width);
  for (const [place, { start, event }] of chosen.entries()) {
    let at = place * width;
    for (const channel of channels) {
      addSaid(channel, histories, start, event, states.subarray(at, at + channel.width - 2));
      at += channel.width - 2;
    }
  }
  return {
    states,
    width,
    targets: Int32Array.from(chosen, ({ event }) => items[event] as number),
    seen: chosen.map(({ start, event }) => items.subarray(start, event)),
  };
}

/** What a channel's movies say of new ones, as the served graph adds it up, without what they say of any. */
function addSaid(
  { width, says, byDistance }: NewcomerChannel,
  { items, weights }: Histories,
  start: number,
  event: number,
  sum: Float32Array,
): void {
  for (let back = 0; back < byDistance.length && event - 1 - back >= start; back++) {
    const before = event - 1 - back;
    const factor = (byDistance[back] as number) * strengthOf(weights[before] as number);
    const row = (items[before] as number) * width;
    for (let index = 0; index < sum.length; index++) {
      sum[index] = (sum[index] as number) + factor * (says[row + index] as number);
    }
  }
}
