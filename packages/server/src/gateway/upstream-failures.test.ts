import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { constants, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import { MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { expect, test, vi } from "vitest";
import { allOf } from "./all-of.test.support.js";
import { startGateway } from "./start-gateway.test.support.js";
import { startUpstream } from "./start-upstream.test.support.js";

const nobody = "http://127.0.0.1:9";
const match = (url: string, text: string, contentType = "application/json") =>
  fetch(`${url}/cinedeepmatch.v1.MatchService/Match`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: JSON.stringify({ text }),
  });
const failureOf = (promise: Promise<unknown>) => promise.catch((e: unknown) => ConnectError.from(e));

test("a call while the server is down is answered at once, as Connect JSON", async () => {
  await using gateway = await startGateway({ upstream: nobody });
  const start = performance.now();
  const answer = await match(gateway.url, "x");
  expect(performance.now() - start).toBeLessThan(2000);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(answer.headers.get("x-request-id")).toBeTruthy();
  expect(await answer.json()).toMatchObject({ code: "unavailable", message: expect.stringContaining("reached") });
});

test("a host that cannot be reached is given up within two seconds", async () => {
  // 192.0.2.0/24 is reserved for documentation: nothing answers there.
  await using gateway = await startGateway({ upstream: "http://192.0.2.1:9090" });
  const start = performance.now();
  expect((await match(gateway.url, "x")).status).toBe(503);
  expect(performance.now() - start).toBeLessThan(2000);
});

test("callers of every protocol are told that the server is unavailable", async () => {
  await using gateway = await startGateway({ upstream: nobody });
  const options = { baseUrl: gateway.url, httpVersion: "1.1" as const };
  for (const transport of [
    createConnectTransport(options),
    createConnectTransport({ ...options, useHttpGet: true }),
    createGrpcWebTransport(options),
  ]) {
    const client = createClient(MatchService, transport);
    expect(await failureOf(client.match({ text: "x" }))).toMatchObject({ code: Code.Unavailable });
    const stream = allOf(client.watchMatchJob({ id: "three" }));
    expect(await failureOf(stream)).toMatchObject({ code: Code.Unavailable });
  }
});

test("a server that is reset under a waiting call takes neither the call's answer nor the gateway with it", async () => {
  await using upstream = await startUpstream();
  await using gateway = await startGateway({ upstream: upstream.url });
  const waiting = match(gateway.url, "wait");
  await vi.waitFor(() => expect(upstream.waiting.now).toBe(1));
  upstream.reset();
  expect((await waiting).status).toBe(503);
  expect((await match(gateway.url, "again")).status).toBe(200);
  // Also when nobody is waiting.
  upstream.reset();
  await vi.waitFor(async () => expect((await match(gateway.url, "again")).status).toBe(200));
});

test("a call that the server refuses because it is about to stop counts as one that has not reached it", async () => {
  const server = createHttp2Server();
  server.on("stream", (stream) => stream.on("error", () => {}).close(constants.NGHTTP2_REFUSED_STREAM));
  server.on("sessionError", () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await using gateway = await startGateway({ upstream: `http://127.0.0.1:${port}` });
  const client = createClient(MatchService, createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1" }));
  const error = (await failureOf(client.match({ text: "x" }))) as ConnectError;
  expect(error.findDetails(ErrorInfoSchema)[0]?.reason).toBe("SERVER_UNREACHED");
  const headers = { "content-type": "application/json" };
  const rest = await fetch(`${gateway.url}/v1/movies:match`, { method: "POST", headers, body: '{"text": "x"}' });
  expect(await rest.text()).toContain("SERVER_UNREACHED");
  server.close();
});

test("a match that the server refuses because it is about to stop is made again with the next one", async () => {
  let seen = 0;
  const server = createHttp2Server();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    if (++seen === 1) {
      stream.session?.goaway();
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    } else {
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.end("{}");
    }
  });
  server.on("sessionError", () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  await using gateway = await startGateway({ upstream: `http://127.0.0.1:${port}` });
  expect((await match(gateway.url, "x")).status).toBe(200);
  expect(seen).toBe(2);
  server.close();
});

test("an answer that breaks off in the middle is not taken for a whole one", async () => {
  await using upstream = await startUpstream();
  await using gateway = await startGateway({ upstream: upstream.url });
  const client = createClient(MatchService, createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1" }));
  const stream = (async () => {
    for await (const _ of client.watchMatchJob({ id: "endless" })) upstream.reset();
  })();
  expect(await failureOf(stream)).toBeInstanceOf(ConnectError);
});

test("a server that comes back is found again", async () => {
  const first = await startUpstream();
  await using gateway = await startGateway({ upstream: first.url, absenceMs: 0 });
  expect((await match(gateway.url, "x")).status).toBe(200);
  await first.stop();
  await vi.waitFor(async () => expect((await match(gateway.url, "x")).status).toBe(503));
  await using second = await startUpstream(first.port);
  expect(second.port).toBe(first.port);
  expect((await match(gateway.url, "x")).status).toBe(200);
});

test("something else than a gRPC server at the upstream's port is reported as unavailable", async () => {
  const stranger = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
  await once(stranger, "listening");
  const { port } = stranger.address() as AddressInfo;
  await using gateway = await startGateway({ upstream: `http://127.0.0.1:${port}` });
  expect((await match(gateway.url, "x")).status).toBe(503);
  stranger.close();
});

test("a client that calls on an open connection as the gateway closes is answered, and told to leave", async () => {
  await using upstream = await startUpstream();
  await using gateway = await startGateway({ upstream: upstream.url, farewellMs: 500 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async () => {
    const sent = get(`${gateway.url}/livez`, { agent });
    const [answer] = (await once(sent, "response")) as [IncomingMessage];
    await once(answer.resume(), "end");
    return { isReused: sent.reusedSocket, status: answer.statusCode, connection: answer.headers.connection };
  };
  expect(await call()).toEqual({ isReused: false, status: 200, connection: "keep-alive" });
  const closed = gateway.app.close();
  expect(await call()).toEqual({ isReused: true, status: 200, connection: "close" });
  await closed;
  agent.destroy();
});

test("closing lets calls in flight end, but not for ever", async () => {
  await using upstream = await startUpstream();
  const gateway = await startGateway({ upstream: upstream.url, drainTimeoutMs: 700 });
  const client = createClient(MatchService, createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1" }));
  const short = allOf(client.watchMatchJob({ id: "three" }));
  const endless = failureOf(allOf(client.watchMatchJob({ id: "endless" })));
  await vi.waitFor(() => expect(upstream.waiting.now).toBe(2));
  const start = performance.now();
  await gateway.app.close();
  expect(performance.now() - start).toBeGreaterThan(600);
  expect(performance.now() - start).toBeLessThan(3000);
  expect(await short).toHaveLength(3);
  expect(await endless).toBeInstanceOf(ConnectError);
});
