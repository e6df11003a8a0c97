import { expect, onTestFinished, test } from "vitest";
import type { RateLimiter } from "./rate-limiter.js";

const SOON = { limit: 5, windowMs: 2_500 };
const HOUR = { limit: 3, windowMs: 3_600_000 };
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What every rate limiter promises. */
export function testRateLimiter(open: () => RateLimiter | Promise<RateLimiter>): void {
  const start = async () => {
    const limiter = await open();
    onTestFinished(() => limiter.close());
    return limiter;
  };
  const key = () => `test-${crypto.randomUUID()}`;

  test("lets through as many as the limit says, then none", async () => {
    const limiter = await start();
    const caller = key();
    for (const remaining of [2, 1, 0]) {
      expect(await limiter.take(caller, HOUR)).toMatchObject({ allowed: true, limit: 3, remaining, retryAfterMs: 0 });
    }
    const refused = await limiter.take(caller, HOUR);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.retryAfterMs).toBeGreaterThan(19 * 60_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(20 * 60_000);
    expect(refused.resetMs).toBeGreaterThan(59 * 60_000);
  });

  test("lets through exactly the limit of many at once", async () => {
    const limiter = await start();
    const caller = key();
    const verdicts = await Promise.all(Array.from({ length: 50 }, () => limiter.take(caller, HOUR)));
    expect(verdicts.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  test("refills evenly, and not for being asked", async () => {
    const limiter = await start();
    const caller = key();
    for (let i = 0; i < 5; i++) await limiter.take(caller, SOON);
    const { allowed, retryAfterMs } = await limiter.take(caller, SOON);
    expect(allowed).toBe(false);
    expect(retryAfterMs).toBeLessThanOrEqual(500);
    await sleep(retryAfterMs + 5);
    expect((await limiter.take(caller, SOON)).allowed).toBe(true);
    expect((await limiter.take(caller, SOON)).allowed).toBe(false);
    await sleep(2_550);
    expect(await limiter.take(caller, SOON)).toMatchObject({ allowed: true, remaining: 4 });
  });

  test("keeps callers apart", async () => {
    const limiter = await start();
    const [one, other] = [key(), key()];
    for (let i = 0; i < 4; i++) await limiter.take(one, HOUR);
    expect(await limiter.take(other, HOUR)).toMatchObject({ allowed: true, remaining: 2 });
  });
}
