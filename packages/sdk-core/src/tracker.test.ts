import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventType } from "./api.js";
import { assembleClient, type Client } from "./client.js";
import { type EventStorage, memoryEventStorage } from "./event-storage.js";
import type { TrackingPlatform } from "./tracker.js";
import { type EventServer, eventServer, refusal } from "./tracking.test-kit.js";

let server: EventServer;
const logger = { debug: vi.fn(), warn: vi.fn() };

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  server = eventServer();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function start(tracking?: TrackingPlatform): Client {
  return assembleClient(server.transport, { baseUrl: "", maxRetries: 0, logger }, tracking).client;
}

function track(client: Client, from: number, to: number): void {
  for (let number = from; number <= to; number++) {
    client.activity.track({ userId: "ada", movieId: `movie-${number}`, type: EventType.VIEWED });
  }
}

const movies = () => server.recorded.map(({ movieId }) => Number(movieId.slice("movie-".length)));
const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("tracked events", () => {
  test("are sent together after five seconds, with an id and the time they happened", async () => {
    vi.setSystemTime(new Date("2026-11-22T10:00:00Z"));
    const client = start();
    track(client, 1, 1);
    await vi.advanceTimersByTimeAsync(3_000);
    track(client, 2, 3);
    expect(server.calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(server.calls).toEqual([3]);
    expect(movies()).toEqual([1, 2, 3]);
    expect(server.recorded.map(({ id }) => id)).toEqual(Array(3).fill(expect.stringMatching(/^[0-9a-f-]{36}$/)));
    expect(server.recorded.map(({ eventTime }) => Number(eventTime?.seconds) % 60)).toEqual([0, 3, 3]);
  });

  test("are sent at once when fifty wait", async () => {
    const client = start();
    track(client, 1, 49);
    await vi.advanceTimersByTimeAsync(10);
    expect(server.calls).toEqual([]);
    track(client, 50, 50);
    await vi.advanceTimersByTimeAsync(10);
    expect(server.calls).toEqual([50]);
  });

  test("keep the id and the time that they come with, and the caller's object stays as it is", async () => {
    const client = start();
    const event = { id: "mine", userId: "ada", movieId: "m", type: EventType.LIKED, eventTime: { seconds: 7n } };
    client.activity.track(event);
    await client.activity.flush();
    expect(server.recorded).toMatchObject([{ id: "mine", eventTime: { seconds: 7n } }]);
    expect(event).toEqual({
      id: "mine",
      userId: "ada",
      movieId: "m",
      type: EventType.LIKED,
      eventTime: { seconds: 7n },
    });
  });

  test("are sent by flush, which rejects where that fails and loses nothing", async () => {
    const client = start();
    track(client, 1, 2);
    server.isOffline = true;
    await expect(client.activity.flush()).rejects.toMatchObject({ code: "unavailable" });
    expect(client.activity.trackingStatus()).toEqual({ pendingCount: 2, droppedCount: 0 });
    server.isOffline = false;
    await client.activity.flush();
    expect(movies()).toEqual([1, 2]);
    expect(client.activity.trackingStatus()).toEqual({ pendingCount: 0, droppedCount: 0 });
    await client.activity.flush();
    expect(server.calls).toEqual([2, 2]);
  });

  test("tracked while a call is under way go with the next one", async () => {
    const client = start();
    track(client, 1, 2);
    const flushed = client.activity.flush();
    track(client, 3, 3);
    await flushed;
    await client.activity.flush();
    expect(movies()).toEqual([1, 2, 3]);
    expect(server.duplicates).toBe(0);
  });

  test("count once when the answer was lost", async () => {
    const client = start();
    track(client, 1, 3);
    let losses = 1;
    const { transport } = server;
    const unary = transport.unary;
    transport.unary = async (...call) => {
      const response = await unary(...call);
      if (losses-- > 0) throw new ConnectError("", Code.Unavailable);
      return response as never;
    };
    const lossy = assembleClient(transport, { baseUrl: "", maxRetries: 0 }).client;
    track(lossy, 4, 5);
    await expect(lossy.activity.flush()).rejects.toMatchObject({ code: "unavailable" });
    await lossy.activity.flush();
    expect(movies()).toEqual([4, 5]);
    expect(server.duplicates).toBe(2);
    await client.close();
  });

  test("are tried later and later while the server is away, however many come in", async () => {
    const client = start();
    server.isOffline = true;
    track(client, 1, 1);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.calls.length).toBe(1);
    track(client, 2, 100);
    await vi.advanceTimersByTimeAsync(900);
    expect(server.calls.length).toBe(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.calls.length).toBeGreaterThan(3);
    expect(server.calls.length).toBeLessThan(9);
    server.isOffline = false;
    await vi.advanceTimersByTimeAsync(300_000);
    expect(movies()).toEqual(count(1, 100));
  });

  test("do not wait any longer once the server took some", async () => {
    const client = start();
    server.isOffline = true;
    track(client, 1, 1);
    await vi.advanceTimersByTimeAsync(120_000);
    server.isOffline = false;
    await client.activity.flush();
    expect(vi.getTimerCount()).toBe(0);
    track(client, 2, 2);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(movies()).toEqual([1, 2]);
  });

  test("are given up where the server will never take them, and hold up no others", async () => {
    const client = start();
    server.refuse = (events) => {
      const fields = events.flatMap(({ movieId }, index) => (movieId === "" ? [`events[${index}].movie_id`] : []));
      if (fields.length > 0) throw refusal(Code.InvalidArgument, "FIELD_INVALID", ...fields);
      const users = new Set(events.map(({ userId }) => userId));
      if (users.has("bob")) throw refusal(Code.PermissionDenied, "USER_MISMATCH");
      if (events.some(({ id }) => id === "x".repeat(100))) throw refusal(Code.ResourceExhausted, "MESSAGE_TOO_LARGE");
    };
    track(client, 1, 2);
    client.activity.track({ userId: "ada", movieId: "", type: EventType.VIEWED });
    client.activity.track({ userId: "bob", movieId: "movie-9", type: EventType.VIEWED });
    client.activity.track({ userId: "ada", id: "x".repeat(100), movieId: "movie-9", type: EventType.VIEWED });
    track(client, 3, 4);
    await client.activity.flush();
    expect(movies().sort()).toEqual([1, 2, 3, 4]);
    expect(client.activity.trackingStatus()).toEqual({ pendingCount: 0, droppedCount: 3 });
    expect(logger.warn).toHaveBeenCalledWith("cinedeepmatch: events dropped", { count: 1, reason: "FIELD_INVALID" });
  });

  test("wait where the token is at fault", async () => {
    const client = start();
    server.refuse = () => {
      throw refusal(Code.PermissionDenied, "SCOPE_MISSING");
    };
    track(client, 1, 3);
    await expect(client.activity.flush()).rejects.toMatchObject({ reason: "SCOPE_MISSING" });
    expect(client.activity.trackingStatus()).toEqual({ pendingCount: 3, droppedCount: 0 });
  });

  test("are bounded: the oldest are dropped and counted", async () => {
    const client = start({ storage: memoryEventStorage(500) });
    server.isOffline = true;
    track(client, 1, 620);
    await expect(client.activity.flush()).rejects.toThrow();
    expect(client.activity.trackingStatus()).toEqual({ pendingCount: 500, droppedCount: 120 });
    server.isOffline = false;
    await client.activity.flush();
    expect(movies()).toEqual(count(121, 620));
  });

  test("that are no events are refused at once", () => {
    const client = start();
    const wrong = { userId: "ada", movieId: "m", type: "LIKED" as unknown as EventType };
    expect(() => client.activity.track(wrong)).toThrow(expect.objectContaining({ code: "invalid_argument" }));
    expect(client.activity.trackingStatus().pendingCount).toBe(0);
  });
});

describe("a client that shares its storage", () => {
  let storage: EventStorage;
  beforeEach(() => {
    storage = memoryEventStorage(500);
  });

  test("sends what an earlier one left", async () => {
    const before = start({ storage });
    server.isOffline = true;
    track(before, 1, 3);
    await expect(before.close()).rejects.toMatchObject({ code: "unavailable" });
    server.isOffline = false;
    start({ storage });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(movies()).toEqual([1, 2, 3]);
    expect(storage.size()).toBe(0);
  });

  test("loses nothing of its own nor of the other's, and what both send counts once", async () => {
    const [one, other] = [start({ storage }), start({ storage })];
    for (let number = 1; number <= 40; number += 2) {
      track(one, number, number);
      track(other, number + 1, number + 1);
    }
    await Promise.all([one.activity.flush(), other.activity.flush()]);
    expect(movies().sort((a, b) => a - b)).toEqual(count(1, 40));
    expect(storage.size()).toBe(0);
  });

  test("passes over what it cannot read", async () => {
    storage.set("0", "not an event");
    const client = start({ storage });
    track(client, 1, 1);
    await client.activity.flush();
    expect(movies()).toEqual([1]);
    expect(storage.size()).toBe(0);
  });
});

describe("close", () => {
  test("sends what waits and takes no more", async () => {
    const client = start();
    track(client, 1, 2);
    await client.close();
    expect(movies()).toEqual([1, 2]);
    expect(() => track(client, 3, 3)).toThrow(expect.objectContaining({ code: "failed_precondition" }));
    await client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("leaves no timer behind where sending fails", async () => {
    const client = start();
    server.isOffline = true;
    track(client, 1, 2);
    await expect(client.close()).rejects.toMatchObject({ code: "unavailable" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
