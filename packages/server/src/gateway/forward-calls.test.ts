import { CatalogService, MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { allOf } from "./all-of.test.support.js";
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

// What an earlier test left behind must not be counted as this test's.
beforeEach(() => vi.waitFor(() => expect(upstream.waiting.now).toBe(0), 2000));

type Kind = "connect-json" | "connect-proto" | "connect-get" | "grpc-web";
const kinds: Kind[] = ["connect-json", "connect-proto", "connect-get", "grpc-web"];

function transportOf(kind: Kind): Transport {
  const baseUrl = gateway.url;
  const httpVersion = "1.1";
  if (kind === "grpc-web") return createGrpcWebTransport({ baseUrl, httpVersion });
  return createConnectTransport({
    baseUrl,
    httpVersion,
    useBinaryFormat: kind !== "connect-json",
    useHttpGet: kind === "connect-get",
  });
}
const matching = (kind: Kind) => createClient(MatchService, transportOf(kind));

describe.each(kinds)("a caller that speaks %s", (kind) => {
  test("gets the answer of a unary call", async () => {
    const answer = await matching(kind).match({ text: "a clownfish & his son" });
    expect(answer.matchId).toBe("a clownfish & his son");
  });

  test("gets an answer that is longer than any buffer on the way", async () => {
    expect((await matching(kind).match({ text: "large" })).matchId).toHaveLength(300_000);
  });

  test("gets code, message, details and headers of a failure unchanged", async () => {
    const error = await matching(kind)
      .match({ text: "fail" })
      .catch((e: unknown) => ConnectError.from(e));
    expect(error).toMatchObject({ code: Code.NotFound, rawMessage: "no such movie" });
    expect((error as ConnectError).findDetails(ErrorInfoSchema)).toMatchObject([{ reason: "MOVIE_NOT_FOUND" }]);
    expect((error as ConnectError).metadata.get("retry-after")).toBe("7");
  });

  test("has its deadline told to the server", async () => {
    const error = await matching(kind)
      .match({ text: "wait" }, { timeoutMs: 300 })
      .catch((e: unknown) => ConnectError.from(e));
    expect(error).toMatchObject({ code: Code.DeadlineExceeded });
    expect(upstream.calls.at(-1)?.timeoutMs).toBeGreaterThan(0);
    expect(upstream.calls.at(-1)?.timeoutMs).toBeLessThanOrEqual(300);
  });

  test("gets a server stream message by message, and ends it by leaving", async () => {
    const cancelled = upstream.waiting.cancelled;
    const seen: number[] = [];
    const leave = new AbortController();
    const stream = async () => {
      for await (const { update } of matching(kind).watchMatchJob({ id: "endless" }, { signal: leave.signal })) {
        if (update.case === "result") seen.push(update.value.index);
        if (seen.length === 3) leave.abort();
      }
    };
    await expect(stream()).rejects.toMatchObject({ code: Code.Canceled });
    expect(seen).toEqual([0, 1, 2]);
    await vi.waitFor(() => expect(upstream.waiting).toEqual({ now: 0, cancelled: cancelled + 1 }), 2000);
  });

  test("gets a server stream to its end", async () => {
    const seen = await allOf(matching(kind).watchMatchJob({ id: "three" }));
    expect(seen).toHaveLength(3);
  });

  test("has a unary call that is not answered yet cancelled at the server when it leaves", async () => {
    const cancelled = upstream.waiting.cancelled;
    const leave = new AbortController();
    const call = matching(kind)
      .match({ text: "wait" }, { signal: leave.signal })
      .catch((e: unknown) => ConnectError.from(e));
    await vi.waitFor(() => expect(upstream.waiting.now).toBe(1), 2000);
    leave.abort();
    expect(await call).toMatchObject({ code: Code.Canceled });
    await vi.waitFor(() => expect(upstream.waiting).toEqual({ now: 0, cancelled: cancelled + 1 }), 2000);
  });

  test("is told of a method that does not exist", async () => {
    const unserved = createClient(CatalogService, transportOf(kind));
    const error = await unserved.getMovie({ id: "x" }).catch((e: unknown) => ConnectError.from(e));
    expect(error).toMatchObject({ code: Code.Unimplemented });
  });
});

test("a caller streams a body that is longer than the limit of unary calls", async () => {
  await using small = await startGateway({ upstream: upstream.url, bodyLimitBytes: 1000 });
  const client = createClient(
    CatalogService,
    createConnectTransport({ baseUrl: small.url, httpVersion: "1.1", useBinaryFormat: true }),
  );
  async function* rows() {
    for (let row = 1; row <= 50; row++) {
      const movie = { title: "x".repeat(1000) };
      yield { request: { case: "batch" as const, value: { rows: [{ row: BigInt(row), movie }] } } };
    }
  }
  const [answer] = await allOf(client.importMovies(rows()));
  expect(answer?.createdCount).toBe(50n);
});

test.each(["PUT", "PATCH", "DELETE"])("%s on a method's path answers which verbs there are", async (method) => {
  const answer = await fetch(`${gateway.url}/cinedeepmatch.v1.MatchService/Match`, { method, body: "{}" });
  expect(answer.status).toBe(405);
  expect(answer.headers.get("allow")).toBe("GET, POST");
});

test("plain JSON over HTTP is enough to call", async () => {
  const answer = await fetch(`${gateway.url}/cinedeepmatch.v1.MatchService/Match`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"text":"hello"}',
  });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ matchId: "hello" });
  expect(answer.headers.get("set-cookie")).toBeNull();
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
});
