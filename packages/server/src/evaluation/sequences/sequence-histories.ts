import type { Histories } from "../../learning/activity.js";

/** Sequences as learning holds them. */
export function toHistories(sequences: readonly Int32Array[]): Histories {
  const starts = new Int32Array(sequences.length + 1);
  for (const [user, { length }] of sequences.entries()) starts[user + 1] = (starts[user] as number) + length;
  const events = starts.at(-1) as number;
  const items = new Int32Array(events);
  for (const [user, sequence] of sequences.entries()) items.set(sequence, starts[user] as number);
  return { starts, items, weights: new Float32Array(events).fill(1), times: new Float64Array(events) };
}
