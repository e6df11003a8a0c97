import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "@cinedeepmatch/contract/error-details";
import { CatalogService, CineDeepMatchError, type Client, EventType } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

const caught = async (promise: PromiseLike<unknown>): Promise<CineDeepMatchError> => {
  const error = await Promise.resolve(promise).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(CineDeepMatchError);
  return error as CineDeepMatchError;
};

const retryIn = (ms: number) => ({ desc: RetryInfoSchema, value: { retryDelay: { nanos: ms * 1e6 } } });
const forever = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(new ConnectError("", Code.Canceled))),
  );

describe.each(PLATFORMS)("a client of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl, token: "t" });
  });
  afterEach(() => server.stop());

  test("answers after the server was unavailable twice", async () => {
    server.match = async (_, attempt) => {
      if (attempt < 3) throw new ConnectError("starting", Code.Unavailable);
      return { matchId: "third" };
    };
    expect((await client.match({ text: "x" })).matchId).toBe("third");
    expect(server.seen.map(({ authorization }) => authorization)).toEqual(["Bearer t", "Bearer t", "Bearer t"]);
  });

  test("gives up after its retries and says that the call may be repeated", async () => {
    server.match = async () => {
      throw new ConnectError("starting", Code.Unavailable);
    };
    const error = await caught(client.match({ text: "x" }, { maxRetries: 1 }));
    expect(error).toMatchObject({ code: "unavailable", retryable: true, message: "starting" });
    expect(server.seen).toHaveLength(2);
  });

  test("waits as long as the server asks", async () => {
    server.match = async (_, attempt) => {
      if (attempt === 1) throw new ConnectError("full", Code.ResourceExhausted, undefined, [retryIn(300)]);
      return { matchId: "m" };
    };
    await client.match({ text: "x" });
    const [first, second] = server.seen;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(299);
  });

  test("waits as long as a retry-after-ms header asks", async () => {
    server.match = async () => {
      throw new ConnectError("slow down", Code.ResourceExhausted, { "retry-after-ms": "70" });
    };
    expect(await caught(client.match({ text: "x" }))).toMatchObject({ retryable: true, retryAfterMs: 70 });
    expect(server.seen).toHaveLength(3);
  });

  test("does not retry when the server does not say that waiting helps", async () => {
    server.match = async () => {
      throw new ConnectError("too large", Code.ResourceExhausted);
    };
    expect(await caught(client.match({ text: "x" }))).toMatchObject({ code: "resource_exhausted", retryable: false });
    expect(server.seen).toHaveLength(1);
  });

  test("does not repeat what is not safe to repeat", async () => {
    server.fault = async () => {
      throw new ConnectError("starting", Code.Unavailable);
    };
    await caught(client.catalog.createMovie({ movie: { title: "Alien" } }));
    expect(server.seen).toHaveLength(1);
  });

  test("does not wait beyond the deadline, and tells the server what is left of it", async () => {
    server.match = async () => {
      throw new ConnectError("full", Code.Unavailable, undefined, [retryIn(600)]);
    };
    const start = performance.now();
    const error = await caught(client.match({ text: "x" }, { timeoutMs: 900, maxRetries: 5 }));
    expect(error).toMatchObject({ code: "unavailable", retryAfterMs: 600 });
    expect(performance.now() - start).toBeLessThan(900);
    expect(server.seen).toHaveLength(2);
    const [first, second] = server.seen.map(({ timeoutMs = 0 }) => timeoutMs);
    expect(first).toBeLessThanOrEqual(900);
    expect(second).toBeLessThanOrEqual(300);
  });

  test("rejects with deadline_exceeded when the server is too slow", async () => {
    server.match = async (_request, _attempt, { signal }) => forever(signal);
    const error = await caught(client.match({ text: "x" }, { timeoutMs: 100 }));
    expect(error).toMatchObject({ code: "deadline_exceeded", retryable: false });
  });

  test("rejects with canceled when the caller aborts, also while it waits to retry", async () => {
    const abort = new AbortController();
    server.match = async (_request, attempt, { signal }) => {
      setTimeout(() => abort.abort(new Error("left the page")), 50);
      if (attempt === 1) throw new ConnectError("full", Code.Unavailable, undefined, [retryIn(900)]);
      return forever(signal);
    };
    const start = performance.now();
    const error = await caught(client.match({ text: "x" }, { signal: abort.signal }));
    expect(error).toMatchObject({ code: "canceled", cause: { message: "left the page" } });
    expect(performance.now() - start).toBeLessThan(800);
  });

  test("aborts the call that is under way, and the server learns of it", async () => {
    const abort = new AbortController();
    let told = false;
    server.match = async (_request, _attempt, { signal }) => {
      signal.addEventListener("abort", () => {
        told = true;
      });
      setTimeout(() => abort.abort(), 30);
      return forever(signal);
    };
    expect(await caught(client.match({ text: "x" }, { signal: abort.signal, timeoutMs: 5_000 }))).toMatchObject({
      code: "canceled",
    });
    await expect.poll(() => told).toBe(true);
  });

  test("sends nothing for a signal that is aborted already", async () => {
    const error = await caught(client.match({ text: "x" }, { signal: AbortSignal.abort() }));
    expect(error.code).toBe("canceled");
    expect(server.seen).toHaveLength(0);
  });

  test("survives a connection that breaks", async () => {
    server.resets = 2;
    expect((await client.match({ text: "x" })).matchId).toBe("m");
  });

  test("calls a broken connection unavailable and does not repeat an unsafe call over it", async () => {
    server.resets = 1;
    const error = await caught(client.catalog.createMovie({ movie: { title: "Alien" } }));
    expect(error).toMatchObject({ code: "unavailable", reason: undefined, requestId: undefined });
    expect(server.resets).toBe(0);
    expect(server.seen).toHaveLength(0);
  });

  test("calls a server that is down unavailable", async () => {
    await server.stop();
    const error = await caught(client.match({ text: "x" }));
    expect(error).toMatchObject({ code: "unavailable", reason: undefined, retryable: true });
    server = await startFaultyServer(http);
  });

  test("calls a connection that dies under a call unavailable", async () => {
    server.match = async () => {
      await server.stop();
      return { matchId: "never" };
    };
    expect(await caught(client.match({ text: "x" }, { maxRetries: 0 }))).toMatchObject({ code: "unavailable" });
    server = await startFaultyServer(http);
  });

  test("reads what the server says of an error", async () => {
    server.fault = async (_, { responseHeader }) => {
      responseHeader.set("x-request-id", "req-1");
      throw new ConnectError("No such movie", Code.NotFound, undefined, [
        { desc: ErrorInfoSchema, value: { domain: "other", reason: "NOISE" } },
        {
          desc: ErrorInfoSchema,
          value: { domain: "cinedeepmatch", reason: "MOVIE_NOT_FOUND", metadata: { movie_id: "x" } },
        },
        { desc: BadRequestSchema, value: { fieldViolations: [{ field: "id", description: "unknown" }] } },
      ]);
    };
    expect(await caught(client.catalog.getMovie({ id: "x" }))).toMatchObject({
      code: "not_found",
      reason: "MOVIE_NOT_FOUND",
      message: "No such movie",
      requestId: "req-1",
      retryable: false,
      metadata: { movie_id: "x" },
      violations: [{ field: "id", description: "unknown" }],
    });
  });

  test("reads the request id from the error's details", async () => {
    server.fault = async () => {
      throw new ConnectError("boom", Code.Internal, undefined, [
        { desc: RequestInfoSchema, value: { requestId: "req-2" } },
      ]);
    };
    expect((await caught(client.catalog.getMovie({ id: "x" }))).requestId).toBe("req-2");
  });

  test("calls a request that cannot be encoded invalid", async () => {
    expect(await caught(client.match({ text: "x", pageSize: 1.5 }))).toMatchObject({ code: "invalid_argument" });
    expect(server.seen).toHaveLength(0);
  });

  test("records events under the same ids however often it has to try", async () => {
    server.fault = async (attempt) => {
      if (attempt === 1) throw new ConnectError("starting", Code.Unavailable);
    };
    const like = { userId: "ada", movieId: "alien-1979", type: EventType.LIKED };
    await client.activity.record([like, { ...like, id: "mine" }]);
    const [first, second] = server.seen.map(({ events = [] }) => events.map(({ id }) => id));
    expect(second).toEqual(first);
    expect(first).toEqual([
      expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      "mine",
    ]);
  });

  test("gives the same errors to a raw Connect client", async () => {
    server.fault = async () => {
      throw new ConnectError("boom", Code.Internal);
    };
    expect(await caught(client.rpc(CatalogService).getMovie({ id: "x" }))).toMatchObject({ code: "internal" });
  });
});
