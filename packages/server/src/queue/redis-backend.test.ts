import { KeyRing } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { Dispatcher } from "./dispatcher.js";
import { describeMatchQueue } from "./match-queue.suite.js";
import { createRedisBackend } from "./redis-backend.js";

const url = process.env.TEST_REDIS_URL;
const log = { warn() {} };

if (url === undefined) {
  describe("the match queue on Redis", () => {
    test.skipIf(!process.env.CI)("needs a Redis server: set TEST_REDIS_URL", () => {
      throw new Error("TEST_REDIS_URL must be set where CI is");
    });
  });
} else {
  describeMatchQueue("Redis", async () => {
    const redis = new Redis(url);
    await redis.flushdb();
    redis.disconnect();
    return Object.assign(createRedisBackend(url, log), { [Symbol.asyncDispose]: async () => {} });
  });

  test("a Redis that evicts data is refused with what to do about it", async () => {
    const redis = new Redis(url);
    const backend = createRedisBackend(url, log);
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    try {
      await expect(backend.check()).rejects.toThrow("set maxmemory-policy noeviction");
    } finally {
      await redis.config("SET", "maxmemory-policy", "noeviction");
      redis.disconnect();
      await backend.close();
    }
  });

  test("a request is refused within seconds while Redis is away", async () => {
    const backend = createRedisBackend("redis://127.0.0.1:1", log);
    const ring = new KeyRing("model");
    ring.promote(ring.generate().id);
    const dispatcher = new Dispatcher({ backend, ring, model: "m" });
    const work = { kind: "encode", modelVersion: "m", texts: [] } as const;
    const signal = new AbortController().signal;
    const options = {
      lane: "interactive",
      subject: "s",
      tenant: "t",
      scope: "x",
      deadline: Date.now() + 60_000,
      signal,
    } as const;
    const startedAt = Date.now();
    await expect(dispatcher.run(work, options)).rejects.toMatchObject({ reason: ErrorReason.QUEUE_UNAVAILABLE });
    expect(Date.now() - startedAt).toBeLessThan(2_500);
    await backend.close();
  });
}
