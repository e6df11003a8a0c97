import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from "node:http2";
import { connect as connectTcp } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { create, toBinary } from "@bufbuild/protobuf";
import { BatchGetMoviesRequestSchema, ImportMoviesRequestSchema, MovieSchema } from "@cinedeepmatch/contract";
import { health } from "@cinedeepmatch/contract/grpc";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, onTestFinished, test } from "vitest";
import { enveloped } from "./raw-call.test.support.js";
import { startTestGrpcServer, type TestGrpcServer } from "./start-grpc-server.test.support.js";

const CHECK = "/grpc.health.v1.Health/Check";
const WATCH = "/grpc.health.v1.Health/Watch";
const IMPORT = "/cinedeepmatch.v1.CatalogService/ImportMovies";
const EMPTY = enveloped(new Uint8Array());

function open(server: TestGrpcServer, settings = {}): ClientHttp2Session {
  const session = connect(server.url, { settings });
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  return session;
}

function start(session: ClientHttp2Session, path: string, headers = {}): ClientHttp2Stream {
  const grpc = { "content-type": "application/grpc", te: "trailers" };
  const stream = session.request({ ":method": "POST", ":path": path, ...grpc, ...headers });
  stream.on("error", () => {});
  stream.resume();
  return stream;
}

/** Not `once`, which takes the error before it for its own. */
function closed(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => stream.once("close", resolve));
}

/** Resolves with the code of the server's GOAWAY, or "open" when none comes in time. */
function goAwayOf(session: ClientHttp2Session, timeoutMs = 3_000): Promise<number | "open"> {
  return Promise.race([
    once(session, "goaway").then(([code]) => code as number),
    sleep(timeoutMs, "open" as const, { ref: false }),
  ]);
}

async function isServing(server: TestGrpcServer): Promise<boolean> {
  const client = createClient(health.Health, createGrpcTransport({ baseUrl: server.url }));
  return (await client.check({}, { timeoutMs: 3_000 })).status === 1;
}

test("a peer that takes back calls as fast as it makes them is closed", async () => {
  const server = await startTestGrpcServer({ sessions: { resetBurst: 20, resetsPerSecond: 1, banMs: 500 } });
  const bystander = open(server);
  await once(bystander, "connect");
  const session = open(server);
  const goAway = goAwayOf(session);
  await once(session, "connect");
  for (let i = 0; i < 200 && !session.destroyed; i++) {
    start(session, WATCH).close(constants.NGHTTP2_CANCEL);
    if (i % 20 === 0) await sleep(5);
  }
  expect(await goAway).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  expect(server.logged).toContainEqual(expect.objectContaining({ message: "connection closed" }));
  // It may not come back at once; whoever is there from the same address stays.
  const [again] = await Promise.race([once(open(server), "close").then(() => ["refused"]), sleep(400, ["let in"])]);
  expect(again).toBe("refused");
  const answered = start(bystander, CHECK);
  answered.end(EMPTY);
  expect((await once(answered, "response"))[0]?.[":status"]).toBe(200);
  await sleep(600);
  expect(await isServing(server)).toBe(true);
});

test("a peer that takes back a call now and then is not", async () => {
  const server = await startTestGrpcServer({ sessions: { resetBurst: 20, resetsPerSecond: 1 } });
  const session = open(server);
  const goAway = goAwayOf(session, 300);
  for (let i = 0; i < 15; i++) {
    const stream = start(session, WATCH);
    stream.end(EMPTY);
    await once(stream, "response");
    stream.close(constants.NGHTTP2_CANCEL);
  }
  expect(await goAway).toBe("open");
});

test("a peer whose calls reach their deadlines is not", async () => {
  const server = await startTestGrpcServer({ sessions: { resetBurst: 5, resetsPerSecond: 1, hastyMs: 20 } });
  const session = open(server);
  const goAway = goAwayOf(session, 500);
  await once(session, "connect");
  const streams = Array.from({ length: 50 }, () => start(session, WATCH));
  await sleep(100);
  for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
  expect(await goAway).toBe("open");
});

test("what callers of a gateway take back does not close the gateway's connection", async () => {
  const server = await startTestGrpcServer({ sessions: { resetBurst: 20, resetsPerSecond: 1 } });
  const session = open(server);
  const goAway = goAwayOf(session, 500);
  await once(session, "connect");
  for (let i = 0; i < 100; i++) {
    start(session, WATCH, { "x-forwarded-for": "192.0.2.1" }).close(constants.NGHTTP2_CANCEL);
    if (i % 20 === 0) await sleep(5);
  }
  expect(await goAway).toBe("open");
});

test("a connection without a call is closed after a while, one with a quiet call is not", async () => {
  const server = await startTestGrpcServer({ sessions: { idleMs: 300 } });
  const idle = open(server);
  const busy = open(server);
  const [idleGone, busyGone] = [goAwayOf(idle), goAwayOf(busy, 900)];
  const watching = start(busy, WATCH);
  watching.end(EMPTY);
  expect(await idleGone).toBe(constants.NGHTTP2_NO_ERROR);
  expect(await busyGone).toBe("open");
  watching.close(constants.NGHTTP2_CANCEL);
});

test("a connection that never speaks HTTP/2 is closed", async () => {
  const server = await startTestGrpcServer({ sessions: { handshakeMs: 200 } });
  const silent = connectTcp(server.port, "127.0.0.1");
  const halfway = connectTcp(server.port, "127.0.0.1");
  halfway.write("PRI * HTTP/2.0\r\n");
  silent.resume();
  halfway.resume();
  await Promise.all([once(silent, "close"), once(halfway, "close")]);
  expect(await isServing(server)).toBe(true);
});

test("a request of one message that does not come is given up, one of many messages may take its time", async () => {
  const server = await startTestGrpcServer({ sessions: { requestMs: 200 } });
  const authorization = `Bearer ${await server.token()}`;
  const session = open(server);
  const importing = start(session, IMPORT, { authorization });
  const header = create(ImportMoviesRequestSchema, { request: { case: "header", value: { importId: "i" } } });
  importing.write(enveloped(toBinary(ImportMoviesRequestSchema, header)));
  await sleep(600);
  expect(importing.destroyed).toBe(false);
  const trickling = start(session, CHECK);
  trickling.write(Buffer.from([0, 0]));
  await closed(trickling);
  expect(trickling.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  // On this machine the peer may be a gateway, whose other calls go on.
  expect(importing.destroyed).toBe(false);
});

test("a peer that is answered before it has sent everything may stop sending", async () => {
  const server = await startTestGrpcServer();
  const stream = start(open(server), CHECK, { "content-type": "application/json" });
  stream.write("x".repeat(200_000));
  const [{ ":status": status }] = await once(stream, "response");
  expect(status).toBe(429);
  await closed(stream);
  expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR);
});

test("a call whose answer nobody reads is given up", async () => {
  const server = await startTestGrpcServer({ sessions: { stalledMs: 300 } });
  const movie = { id: "m", title: "x", synopsis: "y".repeat(2_000) };
  server.movies.set("m", create(MovieSchema, movie));
  // Room for no more than a hundred bytes of any answer.
  const session = open(server, { initialWindowSize: 100 });
  const stream = session.request({
    ":method": "POST",
    ":path": "/cinedeepmatch.v1.CatalogService/BatchGetMovies",
    "content-type": "application/proto",
    authorization: `Bearer ${await server.token()}`,
  });
  stream.on("error", () => {});
  stream.end(toBinary(BatchGetMoviesRequestSchema, create(BatchGetMoviesRequestSchema, { ids: Array(50).fill("m") })));
  await closed(stream);
  expect(stream.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
});

test("a connection carries so many calls at once and no more", async () => {
  const server = await startTestGrpcServer({ sessions: { maxGatewayStreams: 3 } });
  const session = open(server);
  await once(session, "remoteSettings");
  if (session.remoteSettings.maxConcurrentStreams !== 3) await once(session, "remoteSettings");
  expect(session.remoteSettings.maxConcurrentStreams).toBe(3);
  const streams = [start(session, WATCH), start(session, WATCH), start(session, WATCH), start(session, WATCH)];
  for (const stream of streams) stream.end(EMPTY);
  const answered = streams.map((stream) =>
    Promise.race([once(stream, "response").then(() => true), sleep(400, false)]),
  );
  expect(await Promise.all(answered)).toEqual([true, true, true, false]);
});

test("headers beyond the limits are refused, also those of a connection's first request", async () => {
  const server = await startTestGrpcServer();
  const long = start(open(server), CHECK, { "x-long": "y".repeat(17_000) });
  const [{ ":status": status }] = await once(long, "response");
  expect(status).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`x-header-${index}`, "x"]));
  const refused = start(open(server), CHECK, many);
  await closed(refused);
  expect(refused.rstCode).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  expect(await isServing(server)).toBe(true);
});

test("an address that is not a gateway's gets so many connections", async () => {
  const server = await startTestGrpcServer({ connections: { total: 3, perAddress: 1 } });
  const sessions = [open(server), open(server), open(server)];
  await Promise.all(sessions.map((session) => once(session, "remoteSettings")));
  const refused = open(server);
  await once(refused, "close");
});
