import { MatchService } from "@cinedeepmatch/contract";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
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

const post = (path: string, headers: Record<string, string> = {}) =>
  fetch(gateway.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
  });

test.each([
  "/cinedeepmatch.worker.v1.WorkerService/ReportStatus",
  "/cinedeepmatch%2Eworker.v1.WorkerService/ReportStatus",
  "/cinedeepmatch.v1.x%2F..%2Fcinedeepmatch.worker.v1.WorkerService/ReportStatus",
  "/cinedeepmatch.v1.MatchService/../cinedeepmatch.worker.v1.WorkerService/ReportStatus",
  "/cinedeepmatch.v1.MatchService%2FMatch/x",
  "/grpc.health.v1.Health/Check",
  "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
])("%s is not served here", async (path) => {
  const answer = await post(path);
  expect(answer.status).toBe(404);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(Object.keys((await answer.json()) as object)).toEqual(["code", "message"]);
});

test("an unknown path gets a JSON 404", async () => {
  const answer = await fetch(`${gateway.url}/nothing/here?secret=1`);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ code: "not_found", message: "There is nothing at GET /nothing/here." });
});

test.each(["application/grpc", "application/grpc+proto"])("%s is told where native gRPC is served", async (type) => {
  for (const service of ["cinedeepmatch.v1.MatchService", "grpc.health.v1.Health"]) {
    const answer = await post(`/${service}/Match`, { "content-type": type });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe(type);
    expect(answer.headers.get("grpc-status")).toBe("12");
    expect(decodeURIComponent(answer.headers.get("grpc-message") ?? "")).toContain("9090");
  }
});

test("a native gRPC client that speaks HTTP/2 to this port fails at once", async () => {
  const client = createClient(MatchService, createGrpcTransport({ baseUrl: gateway.url }));
  const error = await client.match({ text: "x" }, { timeoutMs: 3000 }).catch((e: unknown) => ConnectError.from(e));
  expect(error).toBeInstanceOf(ConnectError);
  expect((error as ConnectError).code).not.toBe(Code.DeadlineExceeded);
});

test("it lives without the server and is ready with it", async () => {
  await using lonely = await startGateway({ upstream: "http://127.0.0.1:9" });
  expect((await fetch(`${lonely.url}/livez`)).status).toBe(200);
  expect((await fetch(`${lonely.url}/readyz`)).status).toBe(503);

  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  upstream.serving = false;
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
  upstream.serving = true;
});

test("an upstream that is not an http: URL is refused at the start", async () => {
  await expect(startGateway({ upstream: "https://127.0.0.1:9090" })).rejects.toThrow("http:");
  await expect(startGateway({ upstream: "nowhere" })).rejects.toThrow();
});
