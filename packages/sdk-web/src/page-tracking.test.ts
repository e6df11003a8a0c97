import { fromBinary } from "@bufbuild/protobuf";
import { ActivityService, type Client, EventType, type RecordEventsRequest } from "@cinedeepmatch/sdk-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClient } from "./create-client.js";

/** The calls that reached the network, with what fetch was told. */
let calls: { request: RecordEventsRequest; keepalive: boolean | undefined }[];
let isOnline: boolean;
let texts: Map<string, string>;
let page: EventTarget & { visibilityState: string };

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  isOnline = true;
  texts = new Map([["theme", "dark"]]);
  openPage();
  vi.stubGlobal("localStorage", storageOver(texts));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Node has events but no pages. */
function openPage(): void {
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const window = new EventTarget();
  vi.stubGlobal("document", page);
  vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
  vi.stubGlobal("dispatchEvent", window.dispatchEvent.bind(window));
}

function storageOver(texts: Map<string, string>, room = Number.POSITIVE_INFINITY): Storage {
  return {
    get length() {
      return texts.size;
    },
    key: (index) => [...texts.keys()][index] ?? null,
    getItem: (key) => texts.get(key) ?? null,
    setItem: (key, text) => {
      if (texts.size >= room) throw new DOMException("full", "QuotaExceededError");
      texts.set(key, text);
    },
    removeItem: (key) => void texts.delete(key),
    clear: () => texts.clear(),
  };
}

async function fetch(_: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  if (!isOnline) throw new TypeError("Failed to fetch");
  const request = fromBinary(ActivityService.method.recordEvents.input, init.body as Uint8Array);
  calls.push({ request, keepalive: init.keepalive });
  return new Response(new Uint8Array(), { headers: { "content-type": "application/proto" } });
}

function visit(): Client {
  return createClient({ baseUrl: "/api", token: "t", maxRetries: 0, fetch });
}

const view = (client: Client, movieId: string) =>
  client.activity.track({ userId: "ada", movieId, type: EventType.VIEWED });
const sent = () => calls.map(({ request }) => request.events.map(({ movieId }) => movieId));

test("a page that is hidden or left sends what waits, with a call that outlives it", async () => {
  const client = visit();
  view(client, "first");
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  dispatchEvent(new Event("pagehide"));
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual([["first"]]);
  view(client, "second");
  dispatchEvent(new Event("pagehide"));
  await vi.advanceTimersByTimeAsync(0);
  expect(sent()).toEqual([["first"], ["second"]]);
  expect(calls.map(({ keepalive }) => keepalive)).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls.length).toBe(2);
});

test("a page that is shown again sends nothing", async () => {
  view(visit(), "first");
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual([]);
});

test("what a page tracked offline is sent by the next one, once", async () => {
  isOnline = false;
  const before = visit();
  view(before, "first");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(before.activity.trackingStatus().pendingCount).toBe(1);
  vi.clearAllTimers();
  openPage();

  isOnline = true;
  visit();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(sent()).toEqual([["first"]]);
  expect([...texts]).toEqual([["theme", "dark"]]);
});

test("a page that is online again does not wait", async () => {
  isOnline = false;
  const client = visit();
  view(client, "first");
  await expect(client.activity.flush()).rejects.toMatchObject({ code: "unavailable" });
  isOnline = true;
  dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(1);
  expect(sent()).toEqual([["first"]]);
});

test("tabs share what waits without losing any of it", async () => {
  const [one, other] = [visit(), visit()];
  view(one, "a");
  view(other, "b");
  view(one, "c");
  expect(one.activity.trackingStatus()).toEqual(other.activity.trackingStatus());
  await Promise.all([one.close(), other.close()]);
  expect(new Set(sent().flat())).toEqual(new Set(["a", "b", "c"]));
  const ids = calls.flatMap(({ request }) => request.events.map(({ id }) => id));
  expect(new Set(ids).size).toBe(3);
});

test("no more than 500 events are kept", async () => {
  isOnline = false;
  const client = visit();
  for (let number = 1; number <= 510; number++) view(client, String(number));
  expect(client.activity.trackingStatus()).toEqual({ pendingCount: 500, droppedCount: 10 });
  expect(texts.size).toBe(501);
  isOnline = true;
  await client.activity.flush();
  expect(sent().flat()).toEqual(Array.from({ length: 500 }, (_, index) => String(index + 11)));
});

test("a storage that is full or denied does not lose events", async () => {
  vi.stubGlobal("localStorage", storageOver(texts, 2));
  const client = visit();
  for (const movieId of ["a", "b", "c"]) view(client, movieId);
  await client.activity.flush();
  vi.spyOn(globalThis, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const denied = visit();
  view(denied, "d");
  await denied.activity.flush();
  expect(sent()).toEqual([["a", "b", "c"], ["d"]]);
});

test("a closed client no longer listens to its page", async () => {
  const client = visit();
  await client.close();
  texts.set("cinedeepmatch:/api:left-by-another-tab", "");
  dispatchEvent(new Event("pagehide"));
  await vi.advanceTimersByTimeAsync(0);
  expect(calls).toEqual([]);
});
