import { createClient, MatchLane } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from "../packages/server/src/telemetry/otlp-receiver.test-kit.js";
import { type Deployment, startDeployment } from "./spawn-deployment.js";

const TEXT = "an astronaut grows potatoes";
const MATCHES = 12;
const callers = "4bf92f3577b34da6a3ce929d0e0e4736";
const callersSpan = "00f067aa0ba902b7";

needsServer("TEST_REDIS_URL", (redisUrl) => {
  describe("traces", () => {
    let receiver: OtlpReceiver;
    let deployment: Deployment;
    const inTrace = (traceId: string) => receiver.spans.filter((span) => span.traceId === traceId);
    const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
    const one = (spans: readonly ReceivedSpan[], name: string) => {
      const [span, ...more] = named(spans, name);
      expect(more, name).toEqual([]);
      return span ?? expect.fail(`no span ${name} among ${spans.map((each) => each.name)}`);
    };

    beforeAll(async () => {
      receiver = await startOtlpReceiver();
      deployment = await startDeployment({
        // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
        stores: { REDIS_URL: new URL("/9", redisUrl).href },
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, LOG_LEVEL: "info", RESULT_CACHE: "off" },
        workers: 1,
        gateways: 1,
      });
      const client = createClient({ baseUrl: deployment.grpcUrl, token: deployment.token, protocol: "grpc" });
      await client.catalog.createMovie({ movie: { title: "The Martian", synopsis: "An astronaut alone on Mars." } });
    }, 120_000);
    afterAll(async () => {
      await deployment?.stop();
      await receiver?.close();
    }, 60_000);

    test("of one match, from the caller through gateway, gRPC server and queue to the worker, are one", async () => {
      const client = createClient({ baseUrl: deployment.gatewayUrls[0] ?? "", token: deployment.token });
      await client.match({ text: TEXT }, { headers: { traceparent: `00-${callers}-${callersSpan}-01` } });
      await expect.poll(() => inTrace(callers).length, { timeout: 20_000 }).toBe(4);
      const spans = inTrace(callers);
      const gateway = one(spans, "gateway POST");
      const call = one(spans, "cinedeepmatch.v1.MatchService/Match");
      const queue = one(spans, "queue match");
      const work = one(spans, "work");
      expect([gateway, call, queue, work].map(({ service, parentId }) => [service, parentId])).toEqual([
        ["cinedeepmatch-gateway", callersSpan],
        ["cinedeepmatch-grpc", gateway.spanId],
        ["cinedeepmatch-grpc", call.spanId],
        ["cinedeepmatch-worker", queue.spanId],
      ]);
    });

    test("of matches that travel as a batch are as many, and the batch names them all", async () => {
      const client = createClient({ baseUrl: deployment.grpcUrl, token: deployment.token, protocol: "grpc" });
      const ids = Array.from({ length: MATCHES }, (_, index) => (index + 1).toString(16).padStart(32, "a"));
      await Promise.all(
        // However slow the workers are, this lane sheds nothing of so little.
        ids.map((id) =>
          client.match(
            { text: TEXT, lane: MatchLane.BULK },
            { headers: { traceparent: `00-${id}-${callersSpan}-01` } },
          ),
        ),
      );
      for (const name of ["queue match", "work"]) {
        const received = () => ids.flatMap((id) => named(inTrace(id), name)).length;
        await expect.poll(received, { timeout: 20_000 }).toBe(MATCHES);
      }
      const queued = new Map(ids.map((id) => [one(inTrace(id), "queue match").spanId, id]));
      await expect
        .poll(() => batchesOf(queued).reduce((sum, { links }) => sum + links.length, 0), { timeout: 20_000 })
        .toBe(MATCHES);
      const batches = batchesOf(queued);
      expect(batches.length).toBeLessThan(MATCHES);
      for (const batch of batches) {
        for (const link of batch.links) {
          const work = one(inTrace(queued.get(link) ?? ""), "work");
          expect(work.links).toEqual([batch.spanId]);
        }
      }
    });

    function batchesOf(queued: ReadonlyMap<string, string>): ReceivedSpan[] {
      return named(receiver.spans, "batch").filter(({ links }) => links.some((link) => queued.has(link)));
    }

    test("that their caller does not sample are not sent", async () => {
      const client = createClient({ baseUrl: deployment.gatewayUrls[0] ?? "", token: deployment.token });
      const [unsampled, sampled] = ["c".repeat(32), "d".repeat(32)];
      await client.match({ text: TEXT }, { headers: { traceparent: `00-${unsampled}-${callersSpan}-00` } });
      await client.match({ text: TEXT }, { headers: { traceparent: `00-${sampled}-${callersSpan}-01` } });
      await expect.poll(() => inTrace(sampled).length, { timeout: 20_000 }).toBe(4);
      expect(inTrace(unsampled)).toEqual([]);
    });

    test("are named in the log", () => {
      const lines = deployment.gateways[0]?.logged().split("\n") ?? [];
      expect(lines.find((line) => line.includes(callers))).toContain(`"trace_id":"${callers}"`);
    });

    test("hold nothing that anybody typed", () => {
      expect(JSON.stringify(receiver.spans)).not.toContain("astronaut");
    });
  });
});
