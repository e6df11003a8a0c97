import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema, RetryInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allOf } from "./all-of.test.support.js";
import { startGateway } from "./start-gateway.test.support.js";
import { startUpstream, type TestUpstream } from "./start-upstream.test.support.js";

let upstream: TestUpstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.stop());

const path = "/cinedeepmatch.v1.MatchService/Match";
const match = (url: string, body: NonNullable<RequestInit["body"]>) =>
  fetch(url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    ...(typeof body === "string" ? {} : { duplex: "half" }),
  });

test("an address that calls too often is told when to come back, in its own protocol", async () => {
  await using gateway = await startGateway({ upstream: upstream.url, rateLimit: { max: 2, windowMs: 60_000 } });
  const allowed = await match(gateway.url, "{}");
  expect(allowed.headers.get("ratelimit-limit")).toBe("2");
  expect(allowed.headers.get("ratelimit-remaining")).toBe("1");
  await match(gateway.url, "{}");

  const refused = await match(gateway.url, "{}");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(50);
  expect(refused.headers.get("ratelimit-remaining")).toBe("0");
  expect(await refused.json()).toMatchObject({ code: "resource_exhausted" });

  const options = { baseUrl: gateway.url, httpVersion: "1.1" as const };
  for (const transport of [createConnectTransport(options), createGrpcWebTransport(options)]) {
    const client = createClient(MatchService, transport);
    for (const call of [client.match({}), allOf(client.watchMatchJob({ id: "three" }))]) {
      const error = await (call as Promise<unknown>).catch((e: unknown) => ConnectError.from(e));
      expect(error).toMatchObject({ code: Code.ResourceExhausted });
      expect((error as ConnectError).findDetails(ErrorInfoSchema)[0]?.reason).toBe("RATE_LIMITED");
      expect((error as ConnectError).findDetails(RetryInfoSchema)[0]?.retryDelay?.seconds).toBeGreaterThan(50n);
    }
  }
});

test("guessing at paths counts, health checks do not", async () => {
  await using gateway = await startGateway({ upstream: upstream.url, rateLimit: { max: 2, windowMs: 60_000 } });
  for (let i = 0; i < 5; i++) expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  await fetch(`${gateway.url}/nothing`);
  await fetch(`${gateway.url}/nothing`);
  expect((await fetch(`${gateway.url}/nothing`)).status).toBe(429);
});

test("a body over the limit is refused, announced or not", async () => {
  await using gateway = await startGateway({ upstream: upstream.url, bodyLimitBytes: 10_000 });
  const long = JSON.stringify({ text: "x".repeat(2_000_000) });
  const calls = upstream.calls.length;
  for (const body of [long, new Blob([long]).stream()]) {
    const answer = await match(gateway.url, body);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({
      code: "resource_exhausted",
      details: [{ type: "google.rpc.ErrorInfo" }],
    });
  }
  expect(upstream.calls.length).toBe(calls);
  expect((await match(gateway.url, '{"text":"short"}')).status).toBe(200);
});

/** Sends bytes and returns everything that comes back until the gateway hangs up. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.write(bytes, "latin1");
  return await text(socket);
}

test("what is not HTTP gets a Connect error and no Fastify body", async () => {
  await using gateway = await startGateway({ upstream: upstream.url });
  const garbage = await exchange(gateway.port, "hello\r\n\r\n");
  expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
  expect(garbage).toContain('{"code":"invalid_argument"');
  const headers = await exchange(gateway.port, `GET / HTTP/1.1\r\nHost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`);
  expect(headers).toMatch(/^HTTP\/1\.1 431 /);
  expect(headers).toContain('{"code":"resource_exhausted"');
});

test("a path that cannot be decoded is refused as a Connect error", async () => {
  await using gateway = await startGateway({ upstream: upstream.url });
  const answer = await fetch(`${gateway.url}/cinedeepmatch.v1.MatchService/%zz`);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: "invalid_argument" });
});

test("a request that trickles in is hung up on", async () => {
  await using gateway = await startGateway({ upstream: upstream.url, requestTimeoutMs: 500 });
  const start = performance.now();
  const answer = await exchange(
    gateway.port,
    `POST ${path} HTTP/1.1\r\nHost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  expect(performance.now() - start).toBeLessThan(4000);
});

test("an address gets so many connections, and more where it is a proxy's", async () => {
  const connections = { total: 10, perAddress: 1 };
  await using gateway = await startGateway({ upstream: upstream.url, connections });
  await using behindProxy = await startGateway({ upstream: upstream.url, connections, trustProxy: "127.0.0.1" });
  const answerOf = async (port: number) =>
    await exchange(port, "GET /livez HTTP/1.1\r\nHost: x\r\nconnection: close\r\n\r\n");
  const held = connect(gateway.port, "127.0.0.1");
  await new Promise((resolve) => held.once("connect", resolve));
  expect(await answerOf(gateway.port).catch(() => "")).toBe("");
  held.destroy();
  const other = connect(behindProxy.port, "127.0.0.1");
  expect(await answerOf(behindProxy.port)).toMatch(/^HTTP\/1\.1 200 /);
  other.destroy();
});

test("an upgrade is not made", async () => {
  await using gateway = await startGateway({ upstream: upstream.url });
  const upgrade = "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
  const socket = connect(gateway.port, "127.0.0.1");
  socket.write(`GET / HTTP/1.1\r\nHost: x\r\n${upgrade}sec-websocket-version: 13\r\n\r\n`);
  const [answer] = await new Promise<Buffer[]>((resolve) => socket.once("data", (chunk) => resolve([chunk])));
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404 /);
  socket.destroy();
});
