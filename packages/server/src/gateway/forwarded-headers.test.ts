import { request } from "node:http";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "./start-gateway.test.support.js";
import { startUpstream, type TestUpstream } from "./start-upstream.test.support.js";

let upstream: TestUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startGateway({ upstream: upstream.url });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream.stop();
});

/** Calls with headers that fetch would not send, and returns the answer's headers and what the server was sent. */
async function call(headers: Record<string, string>, port = gateway.port) {
  const sent = request({
    port,
    host: "127.0.0.1",
    method: "POST",
    path: "/cinedeepmatch.v1.MatchService/Match",
    headers: { "content-type": "application/json", ...headers },
  });
  sent.end('{"text":"x"}');
  const answer = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    sent.once("response", resolve);
    sent.once("error", reject);
  });
  await text(answer);
  return { status: answer.statusCode, headers: answer.headers, seen: upstream.calls.at(-1)?.headers ?? new Headers() };
}

test("an acceptable request id is kept, passed on and returned", async () => {
  const { headers, seen } = await call({ "x-request-id": "trace.1_a-B" });
  expect(headers["x-request-id"]).toBe("trace.1_a-B");
  expect(seen.get("x-request-id")).toBe("trace.1_a-B");
});

test.each(["", "a b", "x".repeat(65), 'a"}', "é"])("the request id %j is replaced by a new one", async (id) => {
  const { headers, seen } = await call({ "x-request-id": id });
  expect(headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  expect(seen.get("x-request-id")).toBe(headers["x-request-id"]);
});

test("authorization goes on; cookies and hop-by-hop headers do not", async () => {
  const { status, seen } = await call({
    authorization: "Bearer t",
    cookie: "session=1",
    connection: "keep-alive, x-private",
    "x-private": "1",
    te: "trailers",
    "proxy-authorization": "Basic x",
    "idempotency-key": "k",
  });
  expect(status).toBe(200);
  expect(seen.get("authorization")).toBe("Bearer t");
  expect(seen.get("idempotency-key")).toBe("k");
  for (const name of ["cookie", "x-private", "te", "proxy-authorization", "connection"]) {
    expect(seen.has(name), name).toBe(false);
  }
});

test("what a caller says about its own address is not believed", async () => {
  const { seen } = await call({
    host: "movies.example",
    "x-forwarded-for": "9.9.9.9",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    forwarded: "for=9.9.9.9",
    "x-real-ip": "9.9.9.9",
  });
  expect(seen.get("x-forwarded-for")).toBe("127.0.0.1");
  expect(seen.get("x-forwarded-proto")).toBe("http");
  expect(seen.get("x-forwarded-host")).toBe("movies.example");
  expect(seen.has("forwarded")).toBe(false);
  expect(seen.has("x-real-ip")).toBe(false);
});

test("a trusted proxy is believed", async () => {
  await using behindProxy = await startGateway({ upstream: upstream.url, trustProxy: "127.0.0.1" });
  const { seen } = await call(
    { "x-forwarded-for": "6.6.6.6, 9.9.9.9", "x-forwarded-proto": "https", "x-forwarded-host": "movies.example" },
    behindProxy.port,
  );
  expect(seen.get("x-forwarded-for")).toBe("9.9.9.9, 127.0.0.1");
  expect(seen.get("x-forwarded-proto")).toBe("https");
  expect(seen.get("x-forwarded-host")).toBe("movies.example");
});
