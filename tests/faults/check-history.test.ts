import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "../spawn-server.js";
import { checkHistory, type Stored } from "./check-history.js";
import { type Attempt, History, type Operation, type Outcome } from "./history.js";

const TIMEOUT_MS = 1_000;

/** A history of attempts, each with its outcome. */
function historyOf(
  ...attempts: [operation: Operation, key: string, value: string, outcome?: Outcome, answer?: string][]
) {
  const history = new History();
  for (const [operation, key, value, outcome, answer = "1"] of attempts) {
    const invoked = history.invoke({ operation, client: "c", key, value });
    if (outcome !== undefined) history.end(invoked, outcome, answer);
    else Object.assign(invoked, { invokedAt: Date.now() });
  }
  return history;
}

function stored(eventIds: string[], movies: Record<string, string> = {}): Stored {
  return { eventIds, movieVersions: new Map(Object.entries(movies)) };
}

function kinds(history: History, held: Stored): string[] {
  return checkHistory(history, held, TIMEOUT_MS).map(({ kind }) => kind);
}

describe("the check of a history", () => {
  test("a history whose promises are kept has nothing against it", () => {
    const history = historyOf(
      ["event", "acknowledged", "", "ok"],
      ["event", "repeated", "", "unknown"],
      ["event", "repeated", "", "ok", "0"],
      ["event", "unknown-and-lost", "", "unknown"],
      ["event", "refused", "", "fail"],
      ["movie", "m", "1", "ok"],
      ["movie", "m", "2", "unknown"],
      ["match", "q", "m", "ok", "m"],
      ["match", "p", "m", "unknown", "unavailable"],
    );
    expect(kinds(history, stored(["acknowledged", "repeated"], { m: "1" }))).toEqual([]);
    expect(kinds(history, stored(["acknowledged", "repeated", "unknown-and-lost"], { m: "2" }))).toEqual([]);
  });

  test.each<[string, History, Stored, string[]]>([
    ["an acknowledged event is gone", historyOf(["event", "a", "", "ok"]), stored([]), ["lost write"]],
    ["an event is there twice", historyOf(["event", "a", "", "ok"]), stored(["a", "a"]), ["duplicated effect"]],
    [
      "an event was recorded twice",
      historyOf(["event", "a", "", "ok"], ["event", "a", "", "ok"]),
      stored(["a"]),
      ["duplicated effect"],
    ],
    ["a refused event is there", historyOf(["event", "a", "", "fail"]), stored(["a"]), ["wrong effect"]],
    ["there is an event that nobody sent", historyOf(), stored(["a"]), ["wrong effect"]],
    ["an acknowledged movie is gone", historyOf(["movie", "m", "1", "ok"]), stored([]), ["lost write"]],
    [
      "a movie is back at an older version",
      historyOf(["movie", "m", "1", "ok"], ["movie", "m", "2", "ok"]),
      stored([], { m: "1" }),
      ["lost write"],
    ],
    [
      "a movie has a version that was refused",
      historyOf(["movie", "m", "1", "ok"], ["movie", "m", "2", "fail"]),
      stored([], { m: "2" }),
      ["wrong effect"],
    ],
    ["a match got another's answer", historyOf(["match", "q", "m", "ok", "n"]), stored([]), ["wrong answer"]],
    ["a call was never answered", historyOf(["match", "q", "m"]), stored([]), ["no answer"]],
  ])("fails when %s", (_, history, held, expected) => {
    expect(kinds(history, held)).toEqual(expected);
  });
});

describe("a run on a server", () => {
  let server: SpawnedServer;
  let folder: string;
  beforeAll(async () => {
    server = await startServer();
    folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-history-"));
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("is found broken when a client was told of writes that never were and of one that was done twice", async () => {
    const { prepare, readStored, startWorkload } = await import("./workload.js");
    const { SeededRandom } = await import("./seeded-random.js");
    const { createClient } = await import("@cinedeepmatch/sdk-node");
    const connect = () => createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc" });
    const deployment = { connect, reach: connect, patient: connect(), close: async () => {} };
    const history = new History(join(folder, "history.ndjson"));
    await prepare(deployment, history);
    const workload = startWorkload(deployment, history, new SeededRandom(7));
    await sleep(3_000);
    await workload.stop();
    const held = await readStored(deployment);
    const check = () => checkHistory(history, held, 20_000);
    expect(check()).toEqual([]);
    expect(history.attempts.filter(({ outcome }) => outcome === "ok").length).toBeGreaterThan(20);

    const lie = (operation: Operation, key: string, value: string) =>
      history.end(history.invoke({ operation, client: "liar", key, value }), "ok", "1");
    lie("event", "never-sent", "");
    lie("movie", "landmark-3", "9");
    const recorded = history.attempts.find(
      ({ operation, answer }) => operation === "event" && answer === "1",
    ) as Attempt;
    lie("event", recorded.key, "");
    expect(check().map(({ kind }) => kind)).toEqual(["duplicated effect", "lost write", "lost write"]);
    await history.close();
  });
});
