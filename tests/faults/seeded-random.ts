import { type Random, seededRandom } from "../../packages/server/src/learning/random.js";

/** Random numbers that are the same for the same seed, so that a run can be repeated. */
export class SeededRandom {
  /** From 0 to below 1. */
  readonly next: Random;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  /** From `low` to below `high`. */
  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }
}
