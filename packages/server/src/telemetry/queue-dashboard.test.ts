import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createEmbeddedBackend } from "../queue/embedded-backend.js";
import { createRedisBackend } from "../queue/redis-backend.js";
import { createBullmqPool } from "../stores/embedded/bullmq-pool.js";
import { openDataDirectory } from "../stores/embedded/data-directory.js";
import { openDatabase } from "../stores/embedded/open-database.js";
import { describeQueueDashboard } from "./queue-dashboard.suite.js";
import { summariseData, summariseResult } from "./summarise-batch.js";

describeQueueDashboard("the embedded database", async () => {
  const path = await mkdtemp(join(tmpdir(), "cinedeepmatch-dashboard-"));
  const directory = await openDataDirectory(path);
  const database = await openDatabase(directory);
  return Object.assign(createEmbeddedBackend(await createBullmqPool(database.connection)), {
    async [Symbol.asyncDispose]() {
      await database.close();
      await directory.close();
      await rm(path, { recursive: true });
    },
  });
});

const url = process.env.TEST_REDIS_URL;
if (url !== undefined) {
  describeQueueDashboard("Redis", async () => {
    const redis = new Redis(url);
    await redis.flushdb();
    redis.disconnect();
    return Object.assign(createRedisBackend(url, { warn() {} }), { [Symbol.asyncDispose]: async () => {} });
  });
} else {
  test.skipIf(!process.env.CI)("the queue's dashboard on Redis needs a Redis server: set TEST_REDIS_URL", () => {
    throw new Error("TEST_REDIS_URL must be set where CI is");
  });
}

test("a batch that is not what it should be shows nothing of itself", () => {
  for (const strange of [undefined, null, "secret", ["secret"], { tickets: "secret", queuedAt: "secret", secret: 1 }]) {
    expect(JSON.stringify(summariseData(strange))).toBe('{"requests":0,"queuedAt":null}');
    expect(summariseResult(strange)).toBeNull();
  }
  expect(summariseResult({ outcomes: [null, { error: "secret" }, { error: { reason: "secret" } }] })).toEqual({
    answered: 1,
    failed: { UNSPECIFIED: 2 },
  });
});
