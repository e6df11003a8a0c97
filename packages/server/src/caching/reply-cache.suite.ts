import { expect, onTestFinished, test } from "vitest";
import type { ReplyCache } from "../matching/reply-cache.js";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What every cache of answers promises. */
export function testReplyCache(
  open: (options?: { maxBytes?: number; ttlMs?: number }) => ReplyCache | Promise<ReplyCache>,
): void {
  const start = async (options?: { maxBytes?: number; ttlMs?: number }) => {
    const cache = await open(options);
    onTestFinished(() => cache.close());
    return cache;
  };
  const key = () => `test-${crypto.randomUUID()}`;

  test("gives back what was kept last under a key, and nothing for others", async () => {
    const cache = await start();
    const [one, other] = [key(), key()];
    expect(await cache.get(one)).toBeUndefined();
    await cache.set(one, "first");
    await cache.set(one, "Amélie 🎬");
    expect(await cache.get(one)).toBe("Amélie 🎬");
    expect(await cache.get(other)).toBeUndefined();
  });

  test("forgets by itself", async () => {
    const cache = await start({ ttlMs: 300 });
    const one = key();
    await cache.set(one, "soon gone");
    expect(await cache.get(one)).toBe("soon gone");
    await sleep(400);
    expect(await cache.get(one)).toBeUndefined();
  });

  test("a flood of answers takes no more room than there is", async () => {
    const cache = await start({ maxBytes: 100_000 });
    const keys = Array.from({ length: 100 }, key);
    for (const one of keys) await cache.set(one, "x".repeat(5_000));
    const found = await Promise.all(keys.map((one) => cache.get(one)));
    const characters = found.join("").length;
    expect(characters).toBeGreaterThan(0);
    expect(characters).toBeLessThanOrEqual(100_000);
  });

  test("an answer that is larger than all the room is not kept, and leaves the others", async () => {
    const cache = await start({ maxBytes: 10_000 });
    const [small, large] = [key(), key()];
    await cache.set(small, "small");
    await cache.set(large, "x".repeat(20_000));
    expect(await cache.get(large)).toBeUndefined();
    expect(await cache.get(small)).toBe("small");
  });
}
