import { MatchLane, MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema, RetryInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import type { MatchReply } from "../matching/match-work.js";
import type { EndedRequest } from "../matching/measurements.js";
import { createMatchDoor } from "./match-door.js";
import { startTestGrpcServer } from "./start-grpc-server.test.support.js";

test("native gRPC callers of a full lane are refused before anything is done for them, and other lanes go on", async () => {
  const begun: string[] = [];
  const server = await startTestGrpcServer({
    match: ({ text }, { signal }) => {
      begun.push(text);
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
    },
  });
  const client = createClient(MatchService, createGrpcTransport({ baseUrl: server.url }));
  const headers = { authorization: `Bearer ${await server.token()}` };
  const leave = new AbortController();
  const failureOf = (lane: MatchLane, text: string) =>
    client.match({ text, lane }, { headers, signal: leave.signal }).then(
      () => undefined,
      (error: unknown) => ConnectError.from(error),
    );
  const refusals: ConnectError[] = [];
  for (let i = 0; refusals.length === 0 && i < 1_000; i++) {
    void failureOf(MatchLane.BULK, "bulk").then((error) => {
      if (error?.code === Code.ResourceExhausted) refusals.push(error);
    });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const [refusal] = refusals;
  expect(refusal?.findDetails(ErrorInfoSchema)[0]).toMatchObject({ reason: "QUEUE_FULL", metadata: { lane: "bulk" } });
  expect(refusal?.findDetails(RetryInfoSchema)[0]?.retryDelay?.nanos).toBeGreaterThan(0);
  expect(begun.length).toBeLessThan(8);
  void failureOf(MatchLane.INTERACTIVE, "urgent");
  await expect.poll(() => begun).toContain("urgent");
  leave.abort();
});

test("the time that an answer says it took has the wait at the door in it", async () => {
  const reply = { hits: [], more: false, timings: { queueMs: 1, encodeMs: 1, rankMs: 1 }, modelVersion: "m" };
  const match = async () => {
    await new Promise((resolve) => setTimeout(resolve, 40));
    return reply as unknown as MatchReply;
  };
  const server = await startTestGrpcServer({ match });
  const client = createClient(MatchService, createGrpcTransport({ baseUrl: server.url }));
  const headers = { authorization: `Bearer ${await server.token()}` };
  const call = () => client.match({ text: "x", lane: MatchLane.BULK }, { headers });
  // Few bulk calls pass at once.
  const answers = await Promise.all(Array.from({ length: 12 }, call));
  const totals = answers.map(
    ({ timings }) => (timings?.total?.nanos ?? 0) / 1e6 + Number(timings?.total?.seconds) * 1e3,
  );
  expect(Math.max(...totals)).toBeGreaterThan(3 * 40);
});

test("refusals are counted with those of the queue", async () => {
  const ended: EndedRequest[] = [];
  const door = createMatchDoor(4, { requestBegan() {}, requestEnded: (request) => ended.push(request) });
  const caller = { lane: "standard", timeoutMs: undefined, gone: new AbortController().signal } as const;
  const refused: unknown[] = [];
  const forEver = () => new Promise<never>(() => {});
  for (let i = 0; ended.length === 0 && i < 1_000; i++) {
    door.through(caller, forEver, () => false).catch((error: unknown) => refused.push(error));
  }
  await new Promise((resolve) => setImmediate(resolve));
  expect(refused).toMatchObject([{ retryAfterMs: expect.any(Number), metadata: { lane: "standard" } }]);
  expect(ended).toEqual([{ lane: "standard", kind: "match", seconds: 0, outcome: "queue_full" }]);
});
