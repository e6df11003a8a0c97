import { Redis } from "ioredis";
import { describe, expect, test, vi } from "vitest";
import { RedisReplyCache } from "./redis-reply-cache.js";
import { testReplyCache } from "./reply-cache.suite.js";

const url = process.env.TEST_REDIS_URL;
const log = { warn: vi.fn() };

/** Commands are refused until the connection is there, so that a match never waits for one. */
async function open(redisUrl: string, options?: { maxBytes?: number; ttlMs?: number }): Promise<RedisReplyCache> {
  const cache = new RedisReplyCache(redisUrl, log, { timeoutMs: 10_000, ...options });
  await new Promise((resolve) => setTimeout(resolve, 100));
  return cache;
}

describe.skipIf(url === undefined)("the cache of answers in Redis", () => {
  testReplyCache((options) => open(url ?? "", options));

  test("is shared with other servers, and every key ends by itself", async () => {
    const [one, other] = [await open(url ?? ""), await open(url ?? "")];
    const redis = new Redis(url ?? "");
    const key = crypto.randomUUID();
    await one.set(key, "shared");
    expect(await other.get(key)).toBe("shared");
    const ttl = await redis.pttl(`cinedeepmatch:reply:${key}`);
    expect(ttl).toBeGreaterThan(50_000);
    expect(ttl).toBeLessThanOrEqual(60_000);
    redis.disconnect();
    await Promise.all([one.close(), other.close()]);
  });
});

test("a cache whose Redis is down finds and keeps nothing, and says so once", async () => {
  log.warn.mockClear();
  const cache = await open("redis://127.0.0.1:9");
  await cache.set("a", "b");
  expect(await cache.get("a")).toBeUndefined();
  expect(log.warn).toHaveBeenCalledTimes(1);
  await cache.close();
});
