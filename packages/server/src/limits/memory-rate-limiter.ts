import type { Rate, RateLimiter, RateVerdict } from "./rate-limiter.js";
import { takeFromBucket } from "./token-bucket.js";

/** Counts in this process. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #fullAt = new Map<string, number>();
  readonly #maxKeys: number;
  readonly #now: () => number;

  /** @param options.maxKeys how many keys are remembered: 100,000 (about 15 MB) unless given */
  constructor(options: { readonly maxKeys?: number; readonly now?: () => number } = {}) {
    this.#maxKeys = options.maxKeys ?? 100_000;
    this.#now = options.now ?? Date.now;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#fullAt.size;
  }

  async take(key: string, rate: Rate): Promise<RateVerdict> {
    const now = this.#now();
    const { verdict, fullAt } = takeFromBucket(rate, this.#fullAt.get(key), now);
    if (!this.#fullAt.has(key) && this.#fullAt.size >= this.#maxKeys) this.#forget(now);
    this.#fullAt.set(key, fullAt);
    return verdict;
  }

  async close(): Promise<void> {
    this.#fullAt.clear();
  }

  /** Full buckets are forgotten first; when a flood of keys leaves none, the oldest tenth is, so that memory is bounded. */
  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    let excess = this.#fullAt.size - Math.floor(this.#maxKeys * 0.9);
    for (const key of this.#fullAt.keys()) {
      if (excess-- <= 0) return;
      this.#fullAt.delete(key);
    }
  }
}
