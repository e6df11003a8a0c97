import { Readable } from "node:stream";
import { issueToken, KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { FastifyBaseLogger } from "fastify";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { BatchResult } from "../queue/batch-job.js";
import { LaneView } from "../queue/lane-view.js";
import { measureBatches } from "../queue/measure-batches.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { type OperationsServer, startOperationsServer } from "./operations-server.js";
import { addServerMetrics } from "./server-metrics.js";
import { createWorkerMetrics } from "./worker-metrics.js";

const SEALED = "v4.local.the-sealed-request";
const ANSWERED = "alien-1979";
const batch = {
  tickets: [
    { id: "a", sealed: SEALED },
    { id: "b", sealed: SEALED },
  ],
  queuedAt: 1_750_000_000_000,
};
const result = {
  outcomes: [
    { id: "a", reply: { kind: "match", hits: [{ movieId: ANSWERED }] } },
    { id: "b", error: { reason: ErrorReason.DEADLINE_EXCEEDED, message: "too late for me" } },
  ],
} as unknown as BatchResult;

/** What operators see of a queue, on each backend that BullMQ has. */
export function describeQueueDashboard(name: string, open: () => Promise<QueueBackend & AsyncDisposable>): void {
  describe(`the queue's dashboard on ${name}`, () => {
    let backend: QueueBackend & AsyncDisposable;
    let lanes: LaneView;
    let server: OperationsServer;
    let authorization: string;
    const registry = new Registry();

    beforeAll(async () => {
      backend = await open();
      lanes = new LaneView(backend);
      addServerMetrics(registry, { readyWorkers: () => 1, laneLoads: () => lanes.loads() });
      const ring = new KeyRing("client");
      ring.promote(ring.generate().id);
      const log = pino({ level: "silent" }) as FastifyBaseLogger;
      const backup = () => Readable.from([]);
      const admin = { queues: lanes.queues, backup, verifier: new TokenVerifier({ ring }), log };
      server = await startOperationsServer({ host: "127.0.0.1", port: 0, registry, isReady: () => true, admin, log });
      const expiresAt = Date.now() + 60_000;
      authorization = `Bearer ${(await issueToken(ring, { subject: "o", scopes: ["ops:admin"], expiresAt })).token}`;
    });
    afterAll(async () => {
      await server.close();
      await lanes.close();
      await backend.close();
      await backend[Symbol.asyncDispose]();
    });

    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${server.url}/admin/queues${path}`, { ...init, headers: { authorization, ...init.headers } });
    const change = (method: string, path: string, body: object) =>
      ask(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } });
    const add = (lane: number, jobId: string) => lanes.queues[lane]?.add("batch", batch, { jobId, priority: 1 });

    test("its page and everything that the page needs are there", async () => {
      const page = await (await ask("")).text();
      expect(page).toContain("CineDeepMatch queues");
      const [script] = /static\/js\/main\.[0-9a-f]+\.js/.exec(page) ?? [];
      expect((await ask(`/${script}`)).status).toBe(200);
      expect((await ask("/api/redis/stats")).status).toBe(200);
    });

    test("it lists the three lanes and what waits there, without what is inside", async () => {
      await add(2, "first");
      await add(2, "second");
      const listed = await (
        await ask("/api/queues?activeQueue=match-bulk&status=prioritized&page=1&jobsPerPage=10")
      ).text();
      const { queues } = JSON.parse(listed);
      expect(queues.map((queue: { name: string }) => queue.name)).toEqual([
        "match-interactive",
        "match-standard",
        "match-bulk",
      ]);
      expect(queues[2].jobs.map((job: { id: string }) => job.id).sort()).toEqual(["first", "second"]);
      expect(queues[2].jobs[0].data).toEqual({ requests: 2, queuedAt: new Date(batch.queuedAt).toISOString() });
      const one = await (await ask("/api/queues/match-bulk/first")).text();
      expect(JSON.parse(one).job.data.requests).toBe(2);
      expect(listed + one).not.toContain(SEALED);
    });

    test("how many batches wait and since when is in the metrics", async () => {
      const text = await registry.metrics();
      expect(text).toContain('cinedeepmatch_queue_batches{lane="bulk",state="waiting"} 2');
      expect(text).toContain('cinedeepmatch_queue_batches{lane="interactive",state="waiting"} 0');
      const age = Number(/oldest_age_seconds\{lane="bulk"\} (\S+)/.exec(text)?.[1]);
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(60);
    });

    test.each([
      ["POST", "/api/queues/match-bulk/add", { name: "batch", data: batch, options: {} }],
      ["PATCH", "/api/queues/match-bulk/first/update-data", { jobData: {} }],
      ["PUT", "/api/queues/match-bulk/first/clean", {}],
      ["PUT", "/api/queues/match-bulk/clean/waiting", {}],
      ["PUT", "/api/queues/match-bulk/retry/completed", {}],
      ["PUT", "/api/queues/match-bulk/empty", {}],
      ["PUT", "/api/queues/match-bulk/obliterate", { force: true }],
    ])("nothing is made, changed or thrown away from there: %s %s", async (method, path, body) => {
      expect((await change(method, path, body)).status).toBe(403);
      expect((await lanes.loads())[2]).toMatchObject({ waiting: 2 });
    });

    test("a lane can be stopped and go on", async () => {
      expect((await change("PUT", "/api/queues/match-bulk/pause", {})).status).toBe(200);
      expect(await lanes.queues[2]?.isPaused()).toBe(true);
      expect((await change("PUT", "/api/queues/match-bulk/resume", {})).status).toBe(200);
      expect(await lanes.queues[2]?.isPaused()).toBe(false);
    });

    test("answers are shown as counts, what failed can be tried again, and batches are measured", async () => {
      const measured = new Registry();
      const fail = vi.fn(async () => result).mockRejectedValueOnce(new Error("the worker broke"));
      const worker = measureBatches(backend, createWorkerMetrics(measured)).openWorker("bulk", fail, 1);
      worker.on("error", () => {});
      await vi.waitFor(
        async () => expect((await lanes.loads())[2]).toMatchObject({ waiting: 0, active: 0, failed: 1 }),
        10_000,
      );
      expect((await change("PUT", "/api/queues/match-bulk/retry/failed", {})).status).toBeLessThan(300);
      await vi.waitFor(
        async () => expect((await lanes.loads())[2]).toMatchObject({ failed: 0, waiting: 0, active: 0 }),
        10_000,
      );
      await worker.close();
      const one = await (await ask("/api/queues/match-bulk/first")).text();
      expect(JSON.parse(one).job.returnValue).toEqual({ answered: 1, failed: { DEADLINE_EXCEEDED: 1 } });
      expect(one).not.toContain(ANSWERED);
      expect(one).not.toContain("too late for me");
      const text = await measured.metrics();
      expect(text).toContain('cinedeepmatch_worker_batch_requests_sum{lane="bulk"} 6');
      expect(text).toContain('cinedeepmatch_worker_batch_seconds_count{lane="bulk"} 3');
    });
  });
}
