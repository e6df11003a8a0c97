import type { Redis } from "ioredis";

const EVERY_MS = 5_000;

/**
 * Tells Redis again and again how many events to keep of some queues. BullMQ says it once, when a producer starts; a Redis
 * that was wiped, or came back without its newest data, has forgotten it and keeps ten times as many from then on.
 *
 * @param metaKeys where BullMQ keeps what it knows of each queue
 * @returns what ends it
 */
export function keepEventLimit(redis: Redis, metaKeys: ReadonlySet<string>, limit: number): () => void {
  const timer = setInterval(() => {
    // A Redis that is away is told soon enough.
    for (const key of metaKeys) redis.hset(key, "opts.maxLenEvents", limit).catch(() => {});
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
