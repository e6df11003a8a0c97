import { type Histories, spanOf, userCount } from "../activity.js";
import { type Random, shuffle } from "../random.js";

/** A stretch of one history: the events from `from` up to `to`, each of which tells the one after it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/**
 * Cuts all histories into windows of at most `length` events, so that every event but a history's first is told from
 * those before it exactly once. The cuts are elsewhere each time, so that events get other distances to the window's
 * beginning.
 */
export function cutWindows(histories: Histories, length: number, random: Random): Window[] {
  const windows: Window[] = [];
  for (let user = 0; user < userCount(histories); user++) {
    const [start, end] = spanOf(histories, user);
    // The last event has none after it.
    const last = end - 1;
    let from = start;
    let to = Math.min(last, from + 1 + Math.floor(random() * length));
    while (from < last) {
      windows.push({ from, to });
      from = to;
      to = Math.min(last, from + length);
    }
  }
  const order = shuffle(Int32Array.from(windows.keys()), random);
  return Array.from(order, (index) => windows[index] as Window);
}
