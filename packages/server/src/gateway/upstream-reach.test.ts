import { setTimeout as sleep } from "node:timers/promises";
import { MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { expect, test, vi } from "vitest";
import { startGateway, type TestGateway } from "./start-gateway.test.support.js";
import { startUpstream, type TestUpstream } from "./start-upstream.test.support.js";

const PATH = "/cinedeepmatch.v1.MatchService/Match";
const call = (url: string, text: string, more: RequestInit = {}, headers: Record<string, string> = {}) =>
  fetch(`${url}${PATH}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ text }),
    ...more,
  });

/** A gateway whose server was there a moment ago. */
async function startBereaved(absenceMs?: number): Promise<{ gateway: TestGateway; port: number }> {
  const first = await startUpstream();
  const gateway = await startGateway({ upstream: first.url, ...(absenceMs !== undefined && { absenceMs }) });
  expect((await call(gateway.url, "before")).status).toBe(200);
  await first.stop();
  return { gateway, port: first.port };
}

/** What becomes of calls while the server is away, once each has found out that it is. */
async function untilAllWait(calls: readonly Promise<unknown>[]): Promise<void> {
  const settled = vi.fn();
  for (const each of calls) each.then(settled, settled);
  await sleep(300);
  expect(settled).not.toHaveBeenCalled();
}

const textsOf = ({ calls }: TestUpstream) => calls.map(({ text }) => text).sort();

test("calls of every protocol that come while the server restarts wait for it, and are sent once", async () => {
  const { gateway, port } = await startBereaved();
  const options = { baseUrl: gateway.url, httpVersion: "1.1" as const };
  const [connect, grpcWeb] = [createConnectTransport(options), createGrpcWebTransport(options)];
  const rest = { method: "POST", headers: { "content-type": "application/json" }, body: '{"text": "rest"}' };
  const calls = [
    call(gateway.url, "raw").then(({ status }) => expect(status).toBe(200)),
    createClient(MatchService, connect).match({ text: "connect" }),
    createClient(MatchService, grpcWeb).match({ text: "grpc-web" }),
    fetch(`${gateway.url}/v1/movies:match`, rest).then(({ status }) => expect(status).toBe(200)),
  ];
  await untilAllWait(calls);
  await using server = await startUpstream(port);
  await Promise.all(calls);
  expect(textsOf(server)).toEqual(["connect", "grpc-web", "raw", "rest"]);
  await gateway.app.close();
});

test("the server is told what is left of the deadlines of those who waited", async () => {
  const { gateway, port } = await startBereaved();
  const calls = [
    call(gateway.url, "connect", {}, { "connect-timeout-ms": "60000" }),
    createClient(MatchService, createGrpcWebTransport({ baseUrl: gateway.url, httpVersion: "1.1" })).match(
      { text: "grpc-web" },
      { timeoutMs: 60_000 },
    ),
    fetch(`${gateway.url}/v1/movies:match`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-timeout-ms": "60000" },
      body: '{"text": "rest"}',
    }),
  ];
  await untilAllWait(calls);
  await using server = await startUpstream(port);
  await Promise.all(calls);
  for (const { text, timeoutMs } of server.calls) {
    expect(timeoutMs, text).toBeLessThanOrEqual(59_750);
    expect(timeoutMs, text).toBeGreaterThan(30_000);
  }
  expect(server.calls).toHaveLength(3);
  await gateway.app.close();
});

test("of a caller who goes away while it waits, nothing is sent", async () => {
  const { gateway, port } = await startBereaved();
  const gone = new AbortController();
  const given = call(gateway.url, "given up", { signal: gone.signal });
  const kept = call(gateway.url, "kept");
  await untilAllWait([given, kept]);
  gone.abort();
  await expect(given).rejects.toThrow();
  await using server = await startUpstream(port);
  expect((await kept).status).toBe(200);
  expect(textsOf(server)).toEqual(["kept"]);
  await gateway.app.close();
});

test("a server that stays away is waited for once, and not by those who come later", async () => {
  const { gateway, port } = await startBereaved(2_000);
  const [early, alsoEarly] = [call(gateway.url, "early"), call(gateway.url, "also early")];
  await untilAllWait([early, alsoEarly]);
  expect([(await early).status, (await alsoEarly).status]).toEqual([503, 503]);
  const transport = createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1" });
  const late = await createClient(MatchService, transport).match({ text: "late" }).catch(ConnectError.from);
  expect((late as ConnectError).findDetails(ErrorInfoSchema)[0]?.reason).toBe("SERVER_UNREACHED");
  await using server = await startUpstream(port);
  expect((await call(gateway.url, "again")).status).toBe(200);
  expect(textsOf(server)).toEqual(["again"]);
  await gateway.app.close();
});

test("nobody waits beyond their deadline", async () => {
  const { gateway } = await startBereaved(600_000);
  const answer = await call(gateway.url, "in a hurry", {}, { "connect-timeout-ms": "1000" });
  expect(answer.status).toBe(503);
  await gateway.app.close();
});
