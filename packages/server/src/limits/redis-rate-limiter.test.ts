import { Redis } from "ioredis";
import { describe, expect, test, vi } from "vitest";
import { testRateLimiter } from "./rate-limiter.suite.js";
import { RedisRateLimiter } from "./redis-rate-limiter.js";

const url = process.env.TEST_REDIS_URL;
const log = { warn: vi.fn() };

/** Commands are refused until the connection is there, so that a call never waits for one. */
async function open(redisUrl: string): Promise<RedisRateLimiter> {
  const limiter = new RedisRateLimiter(redisUrl, log);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return limiter;
}

describe.skipIf(url === undefined)("the rate limiter in Redis", () => {
  testRateLimiter(() => open(url ?? ""));

  test("shares its counts with other servers", async () => {
    const [one, other] = [await open(url ?? ""), await open(url ?? "")];
    const key = crypto.randomUUID();
    const rate = { limit: 2, windowMs: 60_000 };
    await one.take(key, rate);
    expect(await other.take(key, rate)).toMatchObject({ allowed: true, remaining: 0 });
    expect((await one.take(key, rate)).allowed).toBe(false);
    await Promise.all([one.close(), other.close()]);
  });

  test("lets every key end by itself when its bucket is full", async () => {
    const limiter = await open(url ?? "");
    const redis = new Redis(url ?? "");
    const key = crypto.randomUUID();
    await limiter.take(key, { limit: 10, windowMs: 60_000 });
    const ttl = await redis.pttl(`cinedeepmatch:rate:${key}`);
    expect(ttl).toBeGreaterThan(5_000);
    expect(ttl).toBeLessThanOrEqual(6_001);
    redis.disconnect();
    await limiter.close();
  });
});

test("a limiter whose Redis is down counts in memory and says so once", async () => {
  const limiter = await open("redis://127.0.0.1:9");
  const rate = { limit: 2, windowMs: 60_000 };
  log.warn.mockClear();
  const verdicts = [await limiter.take("a", rate), await limiter.take("a", rate), await limiter.take("a", rate)];
  expect(verdicts.map(({ allowed }) => allowed)).toEqual([true, true, false]);
  expect(log.warn.mock.calls.length).toBeLessThanOrEqual(1);
  await limiter.close();
});
