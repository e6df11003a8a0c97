import { KeyRing } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisRateLimiter } from "../limits/redis-rate-limiter.js";
import type { EncodeWork } from "../matching/match-work.js";
import { FaultyProxy } from "../stores/testing/faulty-proxy.js";
import { needsServer } from "../stores/testing/needs-server.test.support.js";
import { Consumer } from "./consumer.js";
import { Dispatcher } from "./dispatcher.js";
import type { QueueBackend } from "./queue-backend.js";
import { createRedisBackend } from "./redis-backend.js";

const WORK: EncodeWork = { kind: "encode", modelVersion: "m", texts: [] };

needsServer("TEST_REDIS_URL", (redisUrl) => {
  describe("a queue on a Redis that has its troubles", () => {
    // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
    const direct = new URL("/8", redisUrl).href;
    const log = { warn() {}, error() {} };
    let redis: Redis;
    let proxy: FaultyProxy;
    let backends: QueueBackend[];
    let dispatcher: Dispatcher;
    let consumer: Consumer;

    beforeAll(async () => {
      redis = new Redis(direct);
      await redis.flushdb();
      const through = await FaultyProxy.open(direct);
      proxy = through.proxy;
      backends = [createRedisBackend(through.url, log), createRedisBackend(direct, log)];
      const ring = new KeyRing("model");
      ring.promote(ring.generate().id);
      const [near, far] = backends as [QueueBackend, QueueBackend];
      dispatcher = new Dispatcher({ backend: near, ring, model: "m" });
      await near.check();
      await dispatcher.ready();
      const handle = async () => ({ kind: "encode", storedCount: 1 }) as const;
      consumer = new Consumer({ backend: far, ring, model: "m", handle, log });
      await consumer.ready();
    });
    afterAll(async () => {
      proxy.heal();
      await consumer.close();
      await dispatcher.close();
      await Promise.all(backends.map((backend) => backend.close()));
      await proxy.close();
      redis.disconnect();
    });

    /** With a deadline so far away that only the queue itself can be what refuses. */
    const run = () =>
      dispatcher.run(WORK, {
        ...{ lane: "standard", subject: "s", tenant: "t", scope: "x" },
        deadline: Date.now() + 300_000,
        signal: new AbortController().signal,
      });

    test.each([
      ["freezes", () => proxy.freeze()],
      ["cannot be reached", () => proxy.cut()],
    ])("refuses at once while it %s, and works again soon after", async (_, hurt) => {
      expect(await run()).toMatchObject({ storedCount: 1 });
      hurt();
      await expect(run()).rejects.toMatchObject({ reason: ErrorReason.QUEUE_UNAVAILABLE });
      proxy.heal();
      await expect.poll(() => run().catch(() => undefined), { timeout: 10_000 }).toMatchObject({ storedCount: 1 });
    });

    test("a flood leaves no more behind than is kept of the newest", async () => {
      for (let wave = 0; wave < 40; wave++) {
        // One at a time, so that each is a batch of its own.
        const ends: Promise<unknown>[] = [];
        for (let request = 0; request < 30; request++) {
          ends.push(run());
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        await Promise.all(ends);
      }
      expect(await redis.zcard("cinedeepmatch:match-standard:completed")).toBeLessThanOrEqual(1_000);
      // Redis trims streams by whole blocks of some hundred.
      expect(await redis.xlen("cinedeepmatch:match-standard:events")).toBeLessThan(1_500);
    });

    test("every key that is not the queue's own ends by itself", async () => {
      const limiter = new RedisRateLimiter(direct, log);
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (let key = 0; key < 20; key++) await limiter.take(`key-${key}`, { limit: 5, windowMs: 60_000 });
      await limiter.close();
      await run();
      const others = (await redis.keys("*")).filter((key) => !key.startsWith("cinedeepmatch:match-"));
      expect(others.length).toBeGreaterThanOrEqual(20);
      for (const key of others) expect(await redis.pttl(key), key).toBeGreaterThan(0);
    });

    test("keeps no more events than before when it was wiped", async () => {
      await redis.flushdb();
      await run();
      const kept = () => redis.hget("cinedeepmatch:match-standard:meta", "opts.maxLenEvents");
      await expect.poll(kept, { timeout: 15_000 }).toBe("1000");
    });

    test("answers what was lost when everything in it was wiped", async () => {
      await consumer.pause();
      const answer = run();
      await expect.poll(() => redis.keys("cinedeepmatch:match-standard:batch-*")).not.toEqual([]);
      await redis.flushdb();
      await consumer.resume();
      expect(await answer).toMatchObject({ storedCount: 1 });
    });
  });
});
