import { request } from "node:http";
import { createClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendDeepMessages } from "../benchmarks/abuse/deep-messages.mjs";
import { holdHalfOpen } from "../benchmarks/abuse/half-open.mjs";
import { makeBomb, sendBombs, sendLongBodies } from "../benchmarks/abuse/large-messages.mjs";
import { resetRapidly } from "../benchmarks/abuse/rapid-reset.mjs";
import { standBy, watchMemory } from "../benchmarks/abuse/watch-server.mjs";
import { type SpawnedServer, startServer } from "./spawn-server.js";

// The same attacks as `node benchmarks/abuse.mjs` measures, smaller: here they must be refused, there are the figures.

let server: SpawnedServer;
let callOnce: () => Promise<boolean>;

beforeAll(async () => {
  server = await startServer({ env: { RATE_LIMIT_GATEWAY: "off" } });
  const client = createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc", maxRetries: 0 });
  callOnce = async () => Number((await client.catalog.getStatus({ timeoutMs: 10_000 })).movieCount) === 0;
  await callOnce();
}, 180_000);
afterAll(() => server?.stop());

/** Runs an attack beside a client that must not notice, on a server that must not grow. */
async function attack<T extends object>(run: () => Promise<T>): Promise<T> {
  const report = await standBy(callOnce, () => watchMemory(server.child.pid, run));
  expect(report.bystander).toMatchObject({ wrong: 0 });
  expect(report.bystander.calls).toBeGreaterThan(0);
  expect(report.rssGrowthMb).toBeLessThan(100);
  return report;
}

/** Every way to send something was answered, each in one of these ways. */
function expectAnswers(outcomes: Record<string, Record<string, number>>, allowed: readonly string[]): void {
  expect(Object.keys(outcomes).length).toBeGreaterThan(3);
  for (const [way, counts] of Object.entries(outcomes))
    expect(allowed, way).toEqual(expect.arrayContaining(Object.keys(counts)));
}

test("0.3 MB that decompress to 300 MB are refused on every protocol of both ports", async () => {
  const bomb = makeBomb({ megabytes: 300 });
  const { outcomes, bombBytes } = await attack(() => sendBombs(server, { bomb, copies: 2 }));
  expect(bombBytes).toBeLessThan(300_000);
  // REST reads no compressed body at all.
  expectAnswers(outcomes, ["resource_exhausted", "grpc 8", "REST 3"]);
});

test("a body of 50 MB is refused on both ports, with a token and without", async () => {
  const { outcomes } = await attack(() => sendLongBodies(server, { megabytes: 50, copies: 1 }));
  // The gateway may hang up on a sender that goes on after its answer.
  expectAnswers(outcomes, ["resource_exhausted", "unauthenticated", "EPIPE", "ECONNRESET"]);
});

test("messages nested a hundred thousand deep are invalid arguments on every protocol of both ports", async () => {
  const { outcomes } = await attack(() => sendDeepMessages(server, { levels: 100_000, copies: 1 }));
  expectAnswers(outcomes, ["invalid_argument", "grpc 3", "REST 3"]);
});

test("a thousand half-open requests are closed, although each goes on sending", { timeout: 60_000 }, async () => {
  const limits = { connections: 1_000, trickleMs: 1_000, limitMs: 30_000 };
  const { closedByServer } = await attack(() => holdHalfOpen(server, limits));
  expect(closedByServer).toBe(1_000);
});

test("calls that are taken back as fast as they are made end their connections", async () => {
  const { connections } = await attack(() => resetRapidly(server, { forMs: 3_000 }));
  expect(connections).toBeGreaterThan(10);
});

test("an upgrade to a WebSocket is refused", async () => {
  const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==" };
  for (const path of ["/", "/cinedeepmatch.v1.MatchService/Match"]) {
    const status = await new Promise((resolve, reject) => {
      const sent = request(server.gatewayUrl + path, { headers: { ...headers, "sec-websocket-version": "13" } });
      sent.on("response", (answer) => resolve(answer.resume().statusCode));
      sent.on("upgrade", () => resolve(101));
      sent.on("error", reject);
      sent.end();
    });
    expect(status).toBeGreaterThanOrEqual(400);
  }
});
