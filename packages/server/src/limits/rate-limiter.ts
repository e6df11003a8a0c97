/** How often something may happen: `limit` times at once, and as often again in every `windowMs`, refilled evenly. */
export interface Rate {
  readonly limit: number;
  readonly windowMs: number;
}

/** What a {@link RateLimiter} says to one more time. */
export interface RateVerdict {
  readonly allowed: boolean;
  /** The rate's own limit. */
  readonly limit: number;
  /** How often more it may happen now. */
  readonly remaining: number;
  /** When all of the limit is there again, in milliseconds from now. */
  readonly resetMs: number;
  /** When it may happen again, in milliseconds from now; 0 when that is now. */
  readonly retryAfterMs: number;
}

/** Counts how often something happens. In memory for one process; in Redis for several that share their limits. */
export interface RateLimiter {
  /** Counts once, unless it was refused. Never fails: a limiter that cannot reach its store counts in memory. */
  take(key: string, rate: Rate): Promise<RateVerdict>;
  close(): Promise<void>;
}
