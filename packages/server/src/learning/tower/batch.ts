import type { Histories } from "../activity.js";
import { gapFeature, NEVER } from "./taste-tower.js";
import type { Window } from "./windows.js";

/** What the training graph is given of some windows, with movies as they are numbered in the histories. */
export interface Batch {
  readonly histories: number;
  /** histories × window; 0 for none. */
  readonly items: Int32Array;
  readonly strengths: Float32Array;
  readonly gaps: Float32Array;
  readonly absence: Float32Array;
  /** Where in histories × window something is asked, and the movie that is right there. */
  readonly places: BigInt64Array;
  readonly targets: Int32Array;
  readonly importance: Float32Array;
}

/** How strongly an event speaks: a view of a tenth of a like's weight is still a third of its voice. */
export function strengthOf(weight: number): number {
  return Math.sign(weight) * Math.sqrt(Math.abs(weight));
}

/** Lays windows out for the graph, each at the right edge of its row. What is disliked is told of, but not asked for. */
export function layOut(histories: Histories, windows: readonly Window[], length: number): Batch {
  const { items, weights, times } = histories;
  const size = windows.length * length;
  const batch = {
    items: new Int32Array(size),
    strengths: new Float32Array(size),
    gaps: new Float32Array(size),
    absence: new Float32Array(size).fill(NEVER),
  };
  const [places, targets, importance]: [bigint[], number[], number[]] = [[], [], []];
  for (const [row, { from, to }] of windows.entries()) {
    for (let event = from; event < to; event++) {
      const at = (row + 1) * length - to + event;
      batch.items[at] = items[event] as number;
      batch.strengths[at] = strengthOf(weights[event] as number);
      batch.gaps[at] = gapFeature((times[event + 1] as number) - (times[event] as number));
      batch.absence[at] = 0;
      const wanted = weights[event + 1] as number;
      if (wanted <= 0) continue;
      places.push(BigInt(at));
      targets.push(items[event + 1] as number);
      importance.push(strengthOf(wanted));
    }
  }
  const total = importance.reduce((sum, part) => sum + part, 0);
  return {
    ...batch,
    histories: windows.length,
    places: BigInt64Array.from(places),
    targets: Int32Array.from(targets),
    importance: Float32Array.from(importance, (part) => part / total),
  };
}
