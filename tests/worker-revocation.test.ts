import { setTimeout as sleep } from "node:timers/promises";
import { CineDeepMatchError, createClient, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "./spawn-server.js";

let server: SpawnedServer;
let client: NodeClient;

beforeAll(async () => {
  // What has been answered before is answered without a worker.
  server = await startServer({ env: { RESULT_CACHE: "off" } });
  client = createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc", maxRetries: 0 });
}, 120_000);
afterAll(() => server?.stop());

test("a worker whose token is revoked gets no more work within 10 seconds", { timeout: 60_000 }, async () => {
  await client.match({ text: "x" });
  await client.accounts.revokeTokens({ target: { case: "subject", value: "worker" } });
  const revokedAt = performance.now();
  const matches = () =>
    client.match({ text: "x" }, { timeoutMs: 1_000 }).then(
      () => true,
      (error: unknown) => !(error instanceof CineDeepMatchError),
    );
  while (await matches()) {
    expect(performance.now() - revokedAt).toBeLessThan(10_000);
    await sleep(100);
  }
  console.info(`the worker stopped ${Math.round(performance.now() - revokedAt - 1_000)} ms after its revocation`);
  expect(await matches()).toBe(false);
  await expect
    .poll(async () => (await client.catalog.getStatus()).readyWorkerCount, { timeout: 12_000, interval: 500 })
    .toBe(0);
});
