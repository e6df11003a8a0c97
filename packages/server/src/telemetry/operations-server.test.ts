import { createServer } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, onTestFinished, test, vi } from "vitest";
import { createCallMetrics } from "./call-metrics.js";
import { openRegistry } from "./open-registry.js";
import { type OperationsOptions, startOperationsServer } from "./operations-server.js";
import { createQueueMetrics } from "./queue-metrics.js";
import { addServerMetrics } from "./server-metrics.js";

const log = pino({ level: "silent" }) as FastifyBaseLogger;

async function start(options: Partial<OperationsOptions> = {}) {
  const registry = new Registry();
  const server = await startOperationsServer({
    host: "127.0.0.1",
    port: 0,
    registry,
    isReady: () => true,
    log,
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

test("metrics are served as Prometheus reads them, with the model and Node's own", async () => {
  const { url } = await start({ registry: openRegistry({ name: "minilm", version: "1" }) });
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const text = await answer.text();
  expect(text).toContain('cinedeepmatch_model_info{name="minilm",version="1"} 1');
  expect(text).toContain("process_cpu_seconds_total");
});

test("it lives when it is not ready", async () => {
  let ready = false;
  const { url } = await start({ isReady: () => ready });
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
  ready = true;
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test("without a dashboard there is nothing at /admin", async () => {
  const { url } = await start();
  expect((await fetch(`${url}/admin/queues`)).status).toBe(404);
});

test("a second role on a machine takes a free port when none was chosen, and fails when one was", async () => {
  const first = createServer();
  // Taken by now, or by somebody else already, which is as good.
  await new Promise<void>((resolve) => first.once("error", () => resolve()).listen(9091, "127.0.0.1", () => resolve()));
  onTestFinished(() => void first.close());
  const { url } = await start({ port: undefined });
  expect(url).not.toMatch(/:9091$/);
  await expect(start({ port: Number(new URL(url).port) })).rejects.toThrow("EADDRINUSE");
});

test("calls are counted by method and code, streams apart from the others", async () => {
  const registry = new Registry();
  const calls = createCallMetrics(registry);
  const call = { service: "s.v1.S", method: "Get", stream: false };
  const stream = { service: "s.v1.S", method: "Watch", stream: true };
  calls.callBegan(call);
  calls.callBegan(stream);
  calls.callEnded(call, "not_found", 0.02);
  const text = await registry.metrics();
  const labels = 'service="s.v1.S",method="Get",code="not_found"';
  expect(text).toContain(`cinedeepmatch_rpc_duration_seconds_bucket{le="0.025",${labels}} 1`);
  expect(text).toContain('cinedeepmatch_rpc_open{kind="unary"} 0');
  expect(text).toContain('cinedeepmatch_rpc_open{kind="stream"} 1');
  calls.callEnded(stream, "canceled", 3_600);
  expect(await registry.metrics()).toContain(
    'cinedeepmatch_rpc_streams_total{service="s.v1.S",method="Watch",code="canceled"} 1',
  );
});

test("a match's stages, a refusal and what was encoded are counted", async () => {
  const registry = new Registry();
  const queue = createQueueMetrics(registry);
  expect(await registry.metrics()).toContain(
    'cinedeepmatch_queue_requests_total{lane="bulk",kind="match",outcome="queue_full"} 0',
  );
  const lane = "interactive";
  const timings = { queueMs: 4, encodeMs: 9, rankMs: 2 };
  for (let i = 0; i < 3; i++) queue.requestBegan(lane);
  queue.requestEnded({ lane, kind: "match", outcome: "ok", seconds: 0.016, timings });
  queue.requestEnded({ lane, kind: "match", outcome: "queue_full", seconds: 0 });
  const text = await registry.metrics();
  expect(text).toContain('cinedeepmatch_queue_requests_pending{lane="interactive"} 1');
  expect(text).toContain('cinedeepmatch_queue_requests_total{lane="interactive",kind="match",outcome="queue_full"} 1');
  for (const [stage, le] of Object.entries({ queue: "0.005", encode: "0.01", rank: "0.0025", total: "0.025" })) {
    expect(text).toContain(
      `cinedeepmatch_match_stage_seconds_bucket{le="${le}",stage="${stage}",lane="interactive"} 1`,
    );
  }
  queue.requestEnded({ lane: "bulk", kind: "encode", outcome: "ok", seconds: 1, encodedCount: 64 });
  expect(await registry.metrics()).toContain("cinedeepmatch_movies_encoded_total 64");
});

test("while the queue does not answer, what was true of it before is not shown", async () => {
  const registry = new Registry();
  const load = { lane: "standard", waiting: 7, active: 2, failed: 1, oldestWaitingMs: 1_500 } as const;
  const laneLoads = vi.fn(async () => [load]);
  addServerMetrics(registry, { readyWorkers: () => 2, laneLoads });
  const text = await registry.metrics();
  expect(laneLoads).toHaveBeenCalledTimes(1);
  expect(text).toContain("cinedeepmatch_queue_up 1");
  expect(text).toContain("cinedeepmatch_workers_ready 2");
  expect(text).toContain('cinedeepmatch_queue_batches{lane="standard",state="waiting"} 7');
  expect(text).toContain('cinedeepmatch_queue_oldest_age_seconds{lane="standard"} 1.5');

  for (const outage of [() => Promise.reject(new Error("gone")), () => new Promise<never>(() => {})]) {
    laneLoads.mockImplementationOnce(outage);
    const away = await registry.metrics();
    expect(away).toContain("cinedeepmatch_queue_up 0");
    expect(away).not.toContain("cinedeepmatch_queue_batches{");
    expect(away).not.toContain("cinedeepmatch_queue_oldest_age_seconds{");
  }
});
