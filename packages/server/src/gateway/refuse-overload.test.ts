import { ErrorReason, MatchLane, MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema, RetryInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway, type TestGateway } from "./start-gateway.test.support.js";
import { startUpstream, type TestUpstream } from "./start-upstream.test.support.js";

let upstream: TestUpstream;
let gateway: TestGateway;
const refused: string[] = [];
const floods = new AbortController();

const options = () => ({ baseUrl: gateway.url, httpVersion: "1.1" as const });
const transports = {
  "connect-json": () => createConnectTransport({ ...options(), useBinaryFormat: false }),
  "connect-proto": () => createConnectTransport({ ...options(), useBinaryFormat: true }),
  "connect-get": () => createConnectTransport({ ...options(), useBinaryFormat: true, useHttpGet: true }),
  "grpc-web": () => createGrpcWebTransport(options()),
};

/** Fills the standard lane with calls that are never answered. */
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url, onRefused: (lane) => refused.push(lane) });
  const client = createClient(MatchService, transports["connect-proto"]());
  for (; refused.length === 0; await new Promise((resolve) => setTimeout(resolve, 10))) {
    client.match({ text: "wait", lane: MatchLane.STANDARD }, { signal: floods.signal }).catch(() => {});
  }
});
afterAll(async () => {
  floods.abort();
  await gateway[Symbol.asyncDispose]();
  await upstream.stop();
});

describe.each(Object.entries(transports))("a caller that speaks %s", (_name, transport) => {
  test("is refused by the gateway when its lane is full, and told when to come back", async () => {
    const client = createClient(MatchService, transport());
    const before = upstream.calls.length;
    const error = ConnectError.from(
      await client.match({ text: "no room", lane: MatchLane.STANDARD }).catch((failure: unknown) => failure),
    );
    expect(error.code).toBe(Code.ResourceExhausted);
    expect(error.findDetails(ErrorInfoSchema)[0]).toMatchObject({
      reason: ErrorReason[ErrorReason.QUEUE_FULL],
      metadata: { lane: "standard" },
    });
    const { retryDelay } = error.findDetails(RetryInfoSchema)[0] ?? {};
    expect(Number(retryDelay?.seconds ?? 0) * 1_000 + (retryDelay?.nanos ?? 0) / 1e6).toBeGreaterThan(0);
    expect(Number(error.metadata.get("retry-after-ms"))).toBeGreaterThan(0);
    expect(upstream.calls.length).toBe(before);
  });

  test.each([MatchLane.INTERACTIVE, MatchLane.BULK])("finds room in lane %i", async (lane) => {
    const client = createClient(MatchService, transport());
    const before = refused.length;
    const answer = client.match({ text: "room", lane }, { timeoutMs: 200 });
    // The lanes' shares of what goes on inside are all in use by calls that never end; so it waits, and is not refused.
    expect(await answer.catch((error: unknown) => ConnectError.from(error).code)).not.toBe(Code.ResourceExhausted);
    expect(refused.length).toBe(before);
  });
});

test("a caller over plain HTTP is refused with a status that says so", async () => {
  const before = upstream.calls.length;
  const answer = await fetch(`${gateway.url}/v1/movies:match`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"text":"no room","lane":"MATCH_LANE_STANDARD"}',
  });
  expect(answer.status).toBe(429);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(Number(answer.headers.get("retry-after-ms"))).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ code: Code.ResourceExhausted, details: [{ reason: "QUEUE_FULL" }, {}] });
  expect(upstream.calls.length).toBe(before);
});

test("what waits in no lane passes", async () => {
  expect((await fetch(`${gateway.url}/v1/matchJobs/x`)).status).not.toBe(429);
});
