import { Redis } from "ioredis";
import type { ReplyCache } from "../matching/reply-cache.js";
import { MAX_BYTES, TTL_MS } from "./cache-limits.js";

const PREFIX = "cinedeepmatch:reply:";
/** Looking may not cost a match more than this when Redis is slow, and not every match. */
const COMMAND_TIMEOUT_MS = 100;
const AWAY_MS = 1_000;
const WARN_EVERY_MS = 60_000;
/** About what Redis takes for an entry beside its text. */
const ENTRY_BYTES = 200;

/** What a cache logs an unreachable Redis to. */
export interface CacheLog {
  warn(fields: object, message: string): void;
}

/** How much is kept, for how long, and how long Redis is waited for. */
export interface RedisReplyCacheOptions {
  readonly maxBytes?: number;
  readonly ttlMs?: number;
  readonly timeoutMs?: number;
}

/**
 * Keeps answers in Redis, for every server on it. The queue is in the same Redis, which must never be full: a server
 * stores no more in the life of an entry than half of what it may have there. While Redis does not answer, nothing is
 * kept and nothing found.
 */
export class RedisReplyCache implements ReplyCache {
  readonly #redis: Redis;
  readonly #log: CacheLog;
  readonly #ttlMs: number;
  readonly #maxBytes: number;
  #awayUntil = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #period = { until: 0, bytes: 0 };

  constructor(url: string, log: CacheLog, options: RedisReplyCacheOptions = {}) {
    this.#log = log;
    this.#ttlMs = options.ttlMs ?? TTL_MS;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES;
    this.#redis = new Redis(url, {
      enableOfflineQueue: false,
      commandTimeout: options.timeoutMs ?? COMMAND_TIMEOUT_MS,
      maxRetriesPerRequest: 0,
    });
    this.#redis.on("error", (error) => this.#warn(error));
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#ask(() => this.#redis.get(PREFIX + key))) ?? undefined;
  }

  async set(key: string, reply: string): Promise<void> {
    if (!this.#hasRoom(Buffer.byteLength(reply) + key.length + PREFIX.length + ENTRY_BYTES)) return;
    await this.#ask(() => this.#redis.set(PREFIX + key, reply, "PX", this.#ttlMs));
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }

  /** Entries of two periods may be there at once, and none of a third. */
  #hasRoom(bytes: number): boolean {
    const now = performance.now();
    if (now >= this.#period.until) this.#period = { until: now + this.#ttlMs, bytes: 0 };
    if (this.#period.bytes + bytes > this.#maxBytes / 2) return false;
    this.#period.bytes += bytes;
    return true;
  }

  async #ask<T>(command: () => Promise<T>): Promise<T | undefined> {
    if (performance.now() < this.#awayUntil) return undefined;
    try {
      return await command();
    } catch (error) {
      this.#awayUntil = performance.now() + AWAY_MS;
      this.#warn(error);
      return undefined;
    }
  }

  #warn(error: unknown): void {
    if (performance.now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = performance.now();
    const { message } = error as Error;
    this.#log.warn({ error: message }, "answers are not reused: Redis does not answer");
  }
}
