import { health } from "@cinedeepmatch/contract/grpc";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect, test } from "vitest";
import { startTestGrpcServer } from "./start-grpc-server.test.support.js";

const { SERVING, NOT_SERVING } = health.HealthCheckResponse_ServingStatus;

async function start() {
  const server = await startTestGrpcServer();
  return { server, client: createClient(health.Health, createGrpcTransport({ baseUrl: server.url })) };
}

test("anybody may ask whether the server or one of its services is ready", async () => {
  const { server, client } = await start();
  expect(await client.check({})).toMatchObject({ status: SERVING });
  expect(await client.check({ service: "cinedeepmatch.v1.MatchService" })).toMatchObject({ status: SERVING });
  server.serving = false;
  expect(await client.check({})).toMatchObject({ status: NOT_SERVING });
});

test("a service that is not there is not found", async () => {
  const { client } = await start();
  const error = await client
    .check({ service: "no.such.Service" })
    .catch((thrown: unknown) => ConnectError.from(thrown));
  expect(error).toMatchObject({ code: Code.NotFound, rawMessage: "unknown service" });
});

test("a watcher hears of the state at once and then of every change", async () => {
  const { server, client } = await start();
  const seen: number[] = [];
  for await (const { status } of client.watch({}, { timeoutMs: 10_000 })) {
    seen.push(status);
    server.serving = !server.serving;
    if (seen.length === 3) break;
  }
  expect(seen).toEqual([SERVING, NOT_SERVING, SERVING]);
});

test("a watcher does not keep a server that stops from ending, and is told why the stream ends", async () => {
  const { server, client } = await start();
  const watched = (async () => {
    for await (const { status } of client.watch({}, { timeoutMs: 600_000 })) {
      expect(status).toBe(SERVING);
      // With more patience than this test has.
      void server.close(300_000).then(() => stopped.resolve());
    }
  })();
  const stopped = Promise.withResolvers<void>();
  await expect(watched).rejects.toMatchObject({ code: Code.Unavailable });
  await stopped.promise;
});
