import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FaultyProxy } from "../packages/server/src/stores/testing/faulty-proxy.js";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../packages/server/src/stores/testing/temporary-postgres.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

needsServer("TEST_DATABASE_URL", (databaseUrl) => {
  describe("readiness", () => {
    const postgres = new TemporaryPostgres(databaseUrl);
    let proxy: FaultyProxy;
    let server: SpawnedServer;
    const readiness = async () =>
      Promise.all([server.opsUrl, server.gatewayUrl].map(async (url) => (await fetch(`${url}/readyz`)).status));

    beforeAll(async () => {
      await postgres.make();
      const opened = await FaultyProxy.open(postgres.url);
      proxy = opened.proxy;
      server = await startServer({ env: { DATABASE_URL: opened.url } });
    }, 120_000);
    afterAll(async () => {
      await server?.stop();
      await proxy?.close();
      await postgres.remove();
    }, 60_000);

    test("is told by every role when the database is there, and when it is not, while the process lives", async () => {
      await expect.poll(readiness, { timeout: 20_000 }).toEqual([200, 200]);
      proxy.cut();
      await expect.poll(readiness, { timeout: 30_000 }).toEqual([503, 503]);
      expect((await fetch(`${server.opsUrl}/livez`)).status).toBe(200);
      await sleep(1_000);
      proxy.heal();
      await expect.poll(readiness, { timeout: 30_000 }).toEqual([200, 200]);
    }, 120_000);
  });
});
