import { CatalogService, MatchService } from "@cinedeepmatch/contract";
import { health } from "@cinedeepmatch/contract/grpc";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { MeasuredCall } from "../matching/measurements.js";
import { startTestGrpcServer, type TestGrpcServer } from "./start-grpc-server.test.support.js";

const PROTOCOLS = {
  gRPC: createGrpcTransport,
  "gRPC-Web": (options: { baseUrl: string }) => createGrpcWebTransport({ ...options, httpVersion: "2" }),
  Connect: (options: { baseUrl: string }) => createConnectTransport({ ...options, httpVersion: "2" }),
};

describe.each(Object.entries(PROTOCOLS))("a call over %s", (_name, createTransport) => {
  let ended: { call: MeasuredCall; code: string; seconds: number }[];
  let began: MeasuredCall[];
  let server: TestGrpcServer;
  let headers: { authorization: string };
  let catalog: Client<typeof CatalogService>;

  beforeEach(async () => {
    ended = [];
    began = [];
    const measurements = {
      callBegan: (call: MeasuredCall) => void began.push(call),
      callEnded: (call: MeasuredCall, code: string, seconds: number) => void ended.push({ call, code, seconds }),
    };
    server = await startTestGrpcServer({ measurements });
    headers = { authorization: `Bearer ${await server.token()}` };
    catalog = createClient(CatalogService, createTransport({ baseUrl: server.url }));
  });

  const told = (service: string, method: string, code: string, stream = false) =>
    vi.waitFor(() => {
      expect(ended).toEqual([{ call: { service, method, stream }, code, seconds: expect.any(Number) }]);
      expect(began).toEqual([ended[0]?.call]);
    });

  test("is told when it succeeded", async () => {
    await createClient(health.Health, createTransport({ baseUrl: server.url })).check({});
    await told("grpc.health.v1.Health", "Check", "ok");
    expect(ended[0]?.seconds).toBeLessThan(5);
  });

  test("is told with the code that its caller sees, when the handler failed", async () => {
    const match = createClient(MatchService, createTransport({ baseUrl: server.url }));
    await expect(match.match({ text: "x" }, { headers })).rejects.toThrow("not_found");
    await told("cinedeepmatch.v1.MatchService", "Match", "not_found");
  });

  test("is told when it was not let in", async () => {
    await expect(catalog.getMovie({ id: "x" })).rejects.toThrow("unauthenticated");
    await told("cinedeepmatch.v1.CatalogService", "GetMovie", "unauthenticated");
  });

  test("is told when its message is larger than the server reads", async () => {
    const match = createClient(MatchService, createTransport({ baseUrl: server.url }));
    const failure = await match.match({ text: "x".repeat(2_000_000) }, { headers }).catch((error: unknown) => error);
    expect(String(failure)).toContain("resource_exhausted");
    await told("cinedeepmatch.v1.MatchService", "Match", "resource_exhausted");
  });

  test("is told once when it is a stream that its caller leaves", async () => {
    const stop = new AbortController();
    const watch = createClient(health.Health, createTransport({ baseUrl: server.url }));
    const leave = (async () => {
      for await (const _ of watch.watch({}, { signal: stop.signal })) stop.abort();
    })();
    await expect(leave).rejects.toThrow();
    await vi.waitFor(() => expect(ended).toHaveLength(1), 5_000);
    expect(ended).toMatchObject([{ call: { method: "Watch", stream: true }, code: "canceled" }]);
  });
});
