import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type Message } from "@bufbuild/protobuf";
import { ExportUserDataResponseSchema, WatchMatchJobResponseSchema } from "@cinedeepmatch/contract";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type TestGateway } from "../start-gateway.test.support.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.test.support.js";
import { sendRaw } from "./send-raw.test.support.js";

let upstream: EchoUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startEchoUpstream();
  gateway = await startGateway({ upstream: upstream.url });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const result = (index: number) => create(WatchMatchJobResponseSchema, { update: { case: "result", value: { index } } });
const watch = "/v1/matchJobs/j:watch";
const events = { headers: { accept: "text/event-stream" } };
const lost = () => new ConnectError("the job is lost", Code.DataLoss);

async function* failing(): AsyncIterable<Message> {
  yield result(1);
  throw lost();
}

test("a stream is one JSON message a line", async () => {
  upstream.answer = () => [result(1), result(2)];
  const answer = await sendRaw(gateway.port, "GET", `${watch}?after_index=0`);
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe("application/x-ndjson");
  expect(answer.headers["x-request-id"]).toBeTruthy();
  expect(answer.text).toBe('{"result":{"index":1}}\n{"result":{"index":2}}\n');
  expect(upstream.seen().request).toMatchObject({ id: "j", afterIndex: 0 });
});

test("a stream is one event a message for those who accept events, and its end is one too", async () => {
  upstream.answer = () => [result(1), result(2)];
  const answer = await sendRaw(gateway.port, "GET", watch, events);
  expect(answer.headers["content-type"]).toBe("text/event-stream");
  expect(answer.text).toBe('data: {"result":{"index":1}}\n\ndata: {"result":{"index":2}}\n\nevent: end\ndata: {}\n\n');
});

test("an empty stream is an empty answer", async () => {
  upstream.answer = () => [];
  expect(await sendRaw(gateway.port, "GET", "/v1/users/u:export")).toMatchObject({ status: 200, text: "" });
});

test("a stream that fails at once has the failure's HTTP status", async () => {
  upstream.answer = () => {
    throw new ConnectError("no such job", Code.NotFound);
  };
  for (const options of [{}, events]) {
    const answer = await sendRaw(gateway.port, "GET", watch, options);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({ code: Code.NotFound, message: "no such job" });
  }
});

test("a stream that fails later says so in its last line or event", async () => {
  upstream.answer = failing;
  const status = `{"code":${Code.DataLoss},"message":"the job is lost"}`;
  const lines = await sendRaw(gateway.port, "GET", watch);
  expect(lines.text).toBe(`{"result":{"index":1}}\n{"error":${status}}\n`);
  const sent = await sendRaw(gateway.port, "GET", watch, events);
  expect(sent.text).toBe(`data: {"result":{"index":1}}\n\nevent: failure\ndata: ${status}\n\n`);
});

test("a stream's deadline is its last line", async () => {
  upstream.answer = async function* ({ context }) {
    yield result(1);
    await once(context.signal, "abort");
  };
  const answer = await sendRaw(gateway.port, "GET", watch, { headers: { "x-request-timeout-ms": "300" } });
  expect(answer.text).toContain(`\n{"error":{"code":${Code.DeadlineExceeded},`);
});

const open = async (path: string) => {
  const call = get({ host: "127.0.0.1", port: gateway.port, path });
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  return answer;
};

test("a message arrives as soon as it is sent, and a quiet stream's headers arrive before it", async () => {
  const go = Promise.withResolvers<void>();
  upstream.answer = async function* () {
    await go.promise;
    yield result(1);
    await sleep(60_000, undefined, { ref: false });
  };
  const answer = await open(watch);
  expect(answer.statusCode).toBe(200);
  go.resolve();
  const [chunk] = await once(answer, "data");
  expect(String(chunk)).toBe('{"result":{"index":1}}\n');
  answer.destroy();
});

test("a caller that goes away cancels the stream", async () => {
  const cancelled = Promise.withResolvers<void>();
  upstream.answer = async function* ({ context }) {
    yield result(1);
    await once(context.signal, "abort");
    cancelled.resolve();
  };
  const answer = await open(watch);
  await once(answer, "data");
  answer.destroy();
  await cancelled.promise;
});

test("a caller that reads slowly holds the server back", async () => {
  let sent = 0;
  const movieId = "x".repeat(100_000);
  upstream.answer = async function* () {
    for (; sent < 1000; sent++) yield create(ExportUserDataResponseSchema, { events: [{ movieId }] });
  };
  const answer = await open("/v1/users/u:export");
  await once(answer, "readable");
  await sleep(500);
  expect(sent).toBeLessThan(300);
  answer.destroy();
});
