import { type CineDeepMatchError, createClient, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { type Deployment, startDeployment } from "./spawn-deployment.js";
import type { SpawnedRole } from "./spawn-role.js";

const CALLS_AT_ONCE = 6;

/** What came of calls that were made one after another, several at once, each tried once. */
interface Outcomes {
  succeeded: number;
  readonly failed: unknown[];
}

needsServer("TEST_REDIS_URL", (redisUrl) => {
  describe("a role that is asked to end while calls are made", () => {
    let deployment: Deployment;
    const client = (baseUrl = "") =>
      createClient({ baseUrl, token: deployment.token, maxRetries: 0, timeoutMs: 60_000 });

    beforeAll(async () => {
      deployment = await startDeployment({
        // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
        stores: { REDIS_URL: new URL("/12", redisUrl).href },
        // The calls are all alike, and each is to be ranked.
        env: { LOG_LEVEL: "info", RESULT_CACHE: "off" },
      });
      const [gatewayUrl] = deployment.gatewayUrls;
      await client(gatewayUrl).catalog.createMovie({ movie: { title: "The Drain", synopsis: "Water finds its way." } });
    }, 120_000);
    afterAll(async () => {
      await deployment?.stop();
    }, 60_000);

    test("is a worker: the other one goes on, and no call fails", async () => {
      const outcomes = await callDuring(client(deployment.gatewayUrls[0]), () => stop(deployment.workers.pop()));
      expect(outcomes.failed).toEqual([]);
      expect(outcomes.succeeded).toBeGreaterThan(CALLS_AT_ONCE);
    }, 120_000);

    test("is a gateway: every call that it accepted is answered", async () => {
      const gateway = deployment.gateways.pop();
      const url = deployment.gatewayUrls[1];
      const outcomes = await callDuring(client(url), () => stop(gateway));
      const answered = /"path":"[^"]*Match","status":200/g;
      expect(outcomes.succeeded).toBe(gateway?.logged().match(answered)?.length);
      expect(gateway?.logged()).not.toMatch(/"status":5\d\d/);
      // The others came too late: nobody was there any more.
      for (const error of outcomes.failed) expect(error).toMatchObject({ code: "unavailable" });
    }, 120_000);

    test("is the gRPC server: every call that it accepted is answered", async () => {
      const calls = Array.from({ length: CALLS_AT_ONCE }, () =>
        client(deployment.gatewayUrls[0]).match({ text: "water" }),
      );
      const settled = Promise.allSettled(calls);
      let open = 0;
      while (open === 0) open = await openCalls(deployment.grpc);
      expect(await deployment.grpc.stop()).toBe(0);
      const answered = (await settled).filter((each) => each.status === "fulfilled" || isRefused(each.reason));
      expect(answered.length).toBeGreaterThanOrEqual(open);
    }, 120_000);
  });
});

async function stop(role: SpawnedRole | undefined): Promise<void> {
  expect(await role?.stop()).toBe(0);
}

async function callDuring(client: NodeClient, work: () => Promise<void>): Promise<Outcomes> {
  const outcomes: Outcomes = { succeeded: 0, failed: [] };
  let isOver = false;
  const caller = async () => {
    while (!isOver) {
      try {
        await client.match({ text: "water" });
        outcomes.succeeded += 1;
      } catch (error) {
        if (!isRefused(error)) outcomes.failed.push(error);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const callers = Array.from({ length: CALLS_AT_ONCE }, caller);
  while (outcomes.succeeded < CALLS_AT_ONCE) await new Promise((resolve) => setTimeout(resolve, 20));
  await work();
  isOver = true;
  await Promise.all(callers);
  return outcomes;
}

/** A busy machine takes on no more than it can do; that is no call which it accepted. */
function isRefused(error: unknown): boolean {
  return (error as CineDeepMatchError).reason === "QUEUE_FULL";
}

async function openCalls({ ready }: SpawnedRole): Promise<number> {
  const metrics = await (await fetch(`${ready.opsUrl}/metrics`)).text();
  return Number(/^cinedeepmatch_rpc_open\{kind="unary"\} (\d+)/m.exec(metrics)?.[1] ?? 0);
}
