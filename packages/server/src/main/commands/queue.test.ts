import { type ChildProcess, spawn } from "node:child_process";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { issueToken, KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { FastifyBaseLogger } from "fastify";
import { Redis } from "ioredis";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EncodeWork } from "../../matching/match-work.js";
import { Dispatcher } from "../../queue/dispatcher.js";
import { LaneView } from "../../queue/lane-view.js";
import type { QueueBackend } from "../../queue/queue-backend.js";
import { createRedisBackend } from "../../queue/redis-backend.js";
import { needsServer } from "../../stores/testing/needs-server.test.support.js";
import { type OperationsServer, startOperationsServer } from "../../telemetry/operations-server.js";
import { runCli } from "./run-cli.test.support.js";

const WORKER = fileURLToPath(new URL("../../queue/testing/work-until-poisoned.ts", import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL("../../stores/testing/resolve-typescript.mjs", import.meta.url));

needsServer("TEST_REDIS_URL", (redisUrl) => {
  describe("a request that kills its workers", () => {
    // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
    const url = new URL("/7", redisUrl).href;
    const ring = new KeyRing("model");
    ring.promote(ring.generate().id);
    let [deaths, immune, stopped] = [0, false, false];
    let worker: ChildProcess | undefined;
    let backend: QueueBackend;
    let dispatcher: Dispatcher;
    let lanes: LaneView;
    let operations: OperationsServer;
    let access: string[];

    /** Somebody always starts a worker again. */
    function startWorker(): void {
      const keys = ring.exportKeys().map(({ secret }) => secret);
      const args = ["--import", TYPESCRIPT, WORKER, url, keys.join("\n"), ...(immune ? ["immune"] : [])];
      worker = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
      worker.once("exit", (_code, signal) => {
        if (stopped) return;
        if (signal === "SIGKILL") deaths++;
        startWorker();
      });
    }

    beforeAll(async () => {
      const redis = new Redis(url);
      await redis.flushdb();
      redis.disconnect();
      backend = createRedisBackend(url, { warn() {} });
      await backend.check();
      dispatcher = new Dispatcher({ backend, ring, model: "test@1" });
      await dispatcher.ready();
      lanes = new LaneView(backend);
      const clients = new KeyRing("client");
      clients.promote(clients.generate().id);
      const log = pino({ level: "silent" }) as FastifyBaseLogger;
      const verifier = new TokenVerifier({ ring: clients });
      const admin = { queues: lanes.queues, backup: () => Readable.from([]), verifier, log };
      const registry = new Registry();
      operations = await startOperationsServer({
        host: "127.0.0.1",
        port: 0,
        registry,
        isReady: () => true,
        admin,
        log,
      });
      const claims = { subject: "o", scopes: ["ops:admin"], expiresAt: Date.now() + 3_600_000 };
      access = ["--url", operations.url, "--token", (await issueToken(clients, claims)).token];
      startWorker();
    });
    afterAll(async () => {
      stopped = true;
      worker?.kill("SIGKILL");
      await operations.close();
      await dispatcher.close();
      await lanes.close();
      await backend.close();
    });

    const queue = (...args: string[]) => runCli(["queue", ...args, ...access]);
    const run = (modelVersion: string) => {
      const work: EncodeWork = { kind: "encode", modelVersion, texts: [] };
      const call = { lane: "bulk", subject: "s", tenant: "t", scope: "x", deadline: Date.now() + 200_000 } as const;
      return dispatcher.run(work, { ...call, signal: new AbortController().signal });
    };

    test("is given up after the third, while others are answered, and can be looked at and tried again", {
      timeout: 180_000,
    }, async () => {
      expect((await queue("dead")).stdout).toBe("There are no dead letters.\n");
      const poisoned = run("poison");
      await expect(poisoned).rejects.toMatchObject({ reason: ErrorReason.MODEL_UNAVAILABLE });
      expect(deaths).toBe(3);
      expect(await run("harmless")).toMatchObject({ storedCount: 1 });

      expect((await queue("status")).stdout).toMatch(/^bulk +0 +0 +1$/m);
      const { stdout } = await queue("dead");
      const [, id = ""] = /^bulk +(batch-\S+) +1 .*stalled more than allowable limit$/m.exec(stdout) ?? [];
      expect(id, stdout).not.toBe("");
      expect((await queue("retry", "batch-unknown")).stderr).toContain('no dead letter with the id "batch-unknown"');

      immune = true;
      worker?.kill("SIGTERM");
      expect((await queue("retry", id)).stdout).toBe("Trying 1 dead letter again.\n");
      await expect.poll(async () => (await queue("dead")).stdout, { timeout: 60_000 }).toContain("no dead letters");
      await expect
        .poll(async () => (await lanes.loads())[2], { timeout: 60_000 })
        .toMatchObject({ waiting: 0, active: 0 });
      expect(deaths).toBe(3);
    });

    test("only whoever may look at the queue is told of it", async () => {
      const { code, stderr } = await runCli(["queue", "dead", "--url", operations.url, "--token", "forged"]);
      expect(code).toBe(1);
      expect(stderr).toContain("ops:admin");
    });
  });
});
