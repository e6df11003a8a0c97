import { Redis } from "ioredis";
import { MemoryRateLimiter } from "./memory-rate-limiter.js";
import type { Rate, RateLimiter, RateVerdict } from "./rate-limiter.js";
import { verdictOf } from "./token-bucket.js";

const PREFIX = "cinedeepmatch:rate:";
/** Counting may not cost a call more than this when Redis is slow. */
const COMMAND_TIMEOUT_MS = 250;
const WARN_EVERY_MS = 60_000;

// takeFromBucket of token-bucket.ts, by the clock of Redis, so that servers with other clocks agree. Every key that it
// writes ends by itself when its bucket is full. Answers { how long until full, how long to wait } in microseconds.
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = ARGV[2] * 1000
local current = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local following = current + window / ARGV[1]
local wait = following - window - now
if wait > 0 then return { math.ceil(current - now), math.ceil(wait) } end
redis.call('SET', KEYS[1], string.format('%.0f', following), 'PX', math.ceil((following - now) / 1000))
return { math.ceil(following - now), 0 }
`;

interface Commands extends Redis {
  takeFromBucket(key: string, limit: number, windowMs: number): Promise<[emptyUs: number, waitUs: number]>;
}

/** What a limiter logs an unreachable Redis to. */
export interface LimiterLog {
  warn(fields: object, message: string): void;
}

/**
 * Counts in Redis, together with every other server on it. While Redis does not answer, each process counts by itself:
 * limits then hold per process, and calls go on.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #redis: Commands;
  readonly #own = new MemoryRateLimiter();
  readonly #log: LimiterLog;
  #warnedAt = 0;

  constructor(url: string, log: LimiterLog) {
    this.#log = log;
    const redis = new Redis(url, {
      enableOfflineQueue: false,
      commandTimeout: COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
      scripts: { takeFromBucket: { lua: TAKE, numberOfKeys: 1 } },
    });
    redis.on("error", (error) => this.#warn(error));
    this.#redis = redis as Commands;
  }

  async take(key: string, rate: Rate): Promise<RateVerdict> {
    try {
      const [emptyUs, waitUs] = await this.#redis.takeFromBucket(PREFIX + key, rate.limit, rate.windowMs);
      return verdictOf(rate, emptyUs / 1_000, waitUs / 1_000);
    } catch (error) {
      this.#warn(error);
      return this.#own.take(key, rate);
    }
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  #warn(error: unknown): void {
    if (Date.now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = Date.now();
    const { message } = error as Error;
    this.#log.warn({ error: message }, "rate limits are counted in this process: Redis does not answer");
  }
}
