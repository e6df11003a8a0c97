import type { Client } from "@cinedeepmatch/sdk-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caught } from "./caught.test-kit.js";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";
import { busy, endLate, reset, trickle, truncate, type WireFault } from "./wire-faults.test-kit.js";

interface Case {
  readonly name: string;
  readonly faults: readonly WireFault[];
  readonly timeoutMs?: number;
  /** "answered", or the code of the error. */
  readonly outcome: string;
  /** How many calls are made, and after how long the next one at the earliest. */
  readonly attempts: number;
  readonly apartMs?: number;
}

const always = (fault: WireFault) => Array.from({ length: 10 }, () => fault);
/** Longer than any deadline here. */
const NEVER_MS = 20_000;

/** What docs/guides/errors-and-retries.md promises, on every transport of both SDKs. */
const CASES: readonly Case[] = [
  { name: "one reset", faults: [reset], outcome: "answered", attempts: 2 },
  { name: "resets without end", faults: always(reset), outcome: "unavailable", attempts: 3 },
  { name: "a 503 with a delay", faults: [busy], outcome: "answered", attempts: 2, apartMs: 1_000 },
  { name: "503s without end", faults: always(busy), outcome: "unavailable", attempts: 3, apartMs: 1_000 },
  {
    name: "a 503 whose delay is beyond the deadline",
    faults: always(busy),
    timeoutMs: 800,
    outcome: "unavailable",
    attempts: 1,
  },
  { name: "one truncated answer", faults: [truncate], outcome: "answered", attempts: 2 },
  { name: "truncated answers without end", faults: always(truncate), outcome: "unavailable", attempts: 3 },
  { name: "a slow body", faults: [trickle(5)], outcome: "answered", attempts: 1 },
  {
    name: "a body that is too slow",
    faults: always(trickle(NEVER_MS)),
    timeoutMs: 500,
    outcome: "deadline_exceeded",
    attempts: 1,
  },
  { name: "a late end, with the trailers", faults: [endLate(300)], outcome: "answered", attempts: 1 },
];

describe.each(PLATFORMS)("$name meets", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl, token: "t" });
  });
  afterEach(() => server.stop());

  test.each(CASES)("$name: $outcome after $attempts", async ({ faults, timeoutMs, outcome, attempts, apartMs = 0 }) => {
    server.faults.push(...faults);
    const call = client.match({ text: "x" }, { timeoutMs });
    if (outcome === "answered") expect((await call).matchId).toBe("m");
    else expect(await caught(call)).toMatchObject({ code: outcome, retryable: outcome === "unavailable" });
    expect(server.arrivals).toHaveLength(attempts);
    for (const [at, arrival] of server.arrivals.slice(1).entries()) {
      // A timer may fire a moment early.
      expect(arrival - (server.arrivals[at] ?? 0)).toBeGreaterThanOrEqual(apartMs - 1);
    }
  });

  test("a server that is away for a moment: any call is made when it is back, once", async () => {
    await server.stop();
    const options = { maxRetries: 30, timeoutMs: 60_000 };
    const calls = [
      client.match({ text: "x" }, options),
      client.catalog.createMovie({ movie: { title: "Alien" } }, options),
    ];
    await new Promise((resolve) => setTimeout(resolve, 300));
    server = await startFaultyServer(http, Number(new URL(server.baseUrl).port));
    await Promise.all(calls);
    expect(server.seen.map(({ method }) => method).sort()).toEqual(["CreateMovie", "Match"]);
  });

  test("a server that is away: trying to reach it takes nothing from the budget for other failures", async () => {
    await server.stop();
    const calls = Array.from({ length: 15 }, () => caught(client.match({ text: "x" }, { maxRetries: 1 })));
    for (const error of await Promise.all(calls)) expect(error.code).toBe("unavailable");
    server = await startFaultyServer(http, Number(new URL(server.baseUrl).port));
    server.faults.push(reset);
    expect((await client.match({ text: "x" })).matchId).toBe("m");
  });

  test("an end that never comes where one is due: deadline_exceeded, once", async () => {
    server.faults.push(...always(endLate(NEVER_MS)));
    const watch = client.matchJobs.watch({ id: "j" }, { timeoutMs: 500 })[Symbol.asyncIterator]();
    const failure = watch.next();
    await expect(failure).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect(server.arrivals).toHaveLength(1);
  });

  test.each([
    ["a reset", reset, "unavailable"],
    ["a 503", busy, "unavailable"],
    ["a truncated answer", truncate, "unavailable"],
  ])("%s on a call that is not safe to repeat: told at once", async (_name, fault, code) => {
    server.faults.push(...always(fault));
    expect(await caught(client.catalog.createMovie({ movie: { title: "Alien" } }))).toMatchObject({ code });
    expect(server.arrivals).toHaveLength(1);
  });
});
