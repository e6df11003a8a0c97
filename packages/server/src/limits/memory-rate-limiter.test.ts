import { describe, expect, test } from "vitest";
import { MemoryRateLimiter } from "./memory-rate-limiter.js";
import { testRateLimiter } from "./rate-limiter.suite.js";

describe("the rate limiter in memory", () => {
  testRateLimiter(() => new MemoryRateLimiter());

  test("forgets full buckets first and never remembers more than it may", async () => {
    let now = 0;
    const limiter = new MemoryRateLimiter({ maxKeys: 100, now: () => now });
    const rate = { limit: 1, windowMs: 1_000 };
    for (let i = 0; i < 90; i++) await limiter.take(`early ${i}`, rate);
    now = 2_000;
    for (let i = 0; i < 60; i++) await limiter.take(`late ${i}`, rate);
    expect(limiter.size).toBeLessThanOrEqual(100);
    expect((await limiter.take("late 0", rate)).allowed).toBe(false);
    for (let i = 0; i < 5_000; i++) await limiter.take(`flood ${i}`, rate);
    expect(limiter.size).toBeLessThanOrEqual(100);
    expect((await limiter.take("flood 4999", rate)).allowed).toBe(false);
  });
});
