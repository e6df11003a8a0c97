import { type Client, EventType } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { because, caught, retryIn } from "./caught.test-kit.js";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

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

  test.each([
    ["QUEUE_FULL", 15],
    ["RATE_LIMITED", 10],
  ])("of 15 calls that are refused together with %s, %i are repeated", async (reason, repeated) => {
    const refused = new Set<string>();
    const all = Promise.withResolvers<void>();
    server.match = async ({ text }) => {
      if (refused.has(text)) return { matchId: text };
      if (refused.add(text).size === 15) all.resolve();
      await all.promise;
      throw new ConnectError("full", Code.ResourceExhausted, undefined, [retryIn(300), because(reason)]);
    };
    const calls = Array.from({ length: 15 }, (_, index) => client.match({ text: `${index}` }));
    const answered = (await Promise.allSettled(calls)).filter(({ status }) => status === "fulfilled");
    expect(answered).toHaveLength(repeated);
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
});
