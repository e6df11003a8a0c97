import { describe, expect, test } from "vitest";
import { MemoryReplyCache } from "./memory-reply-cache.js";
import { testReplyCache } from "./reply-cache.suite.js";

describe("the cache of answers in memory", () => {
  testReplyCache((options) => new MemoryReplyCache(options));

  test("keeps what is asked for when it has to make room, and counts what it holds", async () => {
    const cache = new MemoryReplyCache({ maxBytes: 20_000 });
    await cache.set("wanted", "w".repeat(1_000));
    for (let i = 0; i < 50; i++) {
      await cache.set(`flood ${i}`, "x".repeat(1_000));
      expect(await cache.get("wanted")).toHaveLength(1_000);
      expect(cache.bytes).toBeLessThanOrEqual(20_000);
    }
    expect(await cache.get("flood 0")).toBeUndefined();
  });

  test("what is too old is not held on to by being asked for", async () => {
    let now = 0;
    const cache = new MemoryReplyCache({ ttlMs: 1_000, now: () => now });
    await cache.set("a", "b");
    now = 900;
    expect(await cache.get("a")).toBe("b");
    now = 1_100;
    expect(await cache.get("a")).toBeUndefined();
    expect(cache.bytes).toBe(0);
  });
});
