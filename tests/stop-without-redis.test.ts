import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { type OwnServer, redisServer } from "./faults/own-server.js";
import { type Deployment, startDeployment } from "./spawn-deployment.js";

// Where this is set, there is a redis-server to start.
needsServer("TEST_REDIS_URL", () => {
  let folder: string;
  let redis: OwnServer;
  let deployment: Deployment;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-"));
    redis = await redisServer(folder);
    await redis.start();
    deployment = await startDeployment({
      stores: { REDIS_URL: `redis://127.0.0.1:${redis.port}` },
      gateways: 1,
      workers: 1,
    });
  });
  afterAll(async () => {
    for (const role of [...deployment.gateways, ...deployment.workers, deployment.grpc]) await role.kill();
    await redis.kill();
    await rm(folder, { recursive: true });
    await rm(deployment.dataDirectory, { recursive: true, force: true });
  });

  test("roles that are asked to end do so while Redis is gone", async () => {
    await redis.kill();
    expect(await deployment.stop()).toEqual([0, 0, 0]);
  });
});
