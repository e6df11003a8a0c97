import { setTimeout as sleep } from "node:timers/promises";
import type { Stored } from "./check-history.js";
import { matchPatiently, PROBE, probeMatches, writeEvents, writeLandmarks, writeMovies } from "./clients.js";
import type { Deployment } from "./deployment.js";
import type { Attempt, History, Operation } from "./history.js";
import type { SeededRandom } from "./seeded-random.js";

const EVENT_WRITERS = ["events-a", "events-b"];

/** The clients of a run, at work until they are stopped. */
export interface Workload {
  /** Ends the clients after what they are at. */
  stop(): Promise<void>;
}

/** Writes what matches look for and waits until it is found. */
export async function prepare(deployment: Deployment, history: History): Promise<void> {
  await writeLandmarks(deployment.patient, history);
  await untilEncoded(deployment, 60_000);
}

/** Sets all clients to work: half of them through the gateway, half directly. */
export function startWorkload(deployment: Deployment, history: History, random: SeededRandom): Workload {
  const stop = new AbortController();
  const near = { client: deployment.connect("grpc"), history, random, signal: stop.signal };
  const far = { ...near, client: deployment.connect("gateway") };
  const work = [
    writeEvents("events-a", far),
    writeEvents("events-b", near),
    writeMovies("movies-a", far),
    writeMovies("movies-b", near),
    matchPatiently("matches-a", far),
    matchPatiently("matches-b", near),
    matchPatiently("matches-c", near),
    probeMatches(`${PROBE}-a`, far),
    probeMatches(`${PROBE}-b`, near),
  ];
  return {
    async stop() {
      stop.abort();
      await Promise.all(work);
    },
  };
}

/** Waits until each operation has been invoked after `since` and done; returns when the first of each ended. */
export async function untilRecovered(
  history: History,
  since: number,
  limitMs: number,
): Promise<Record<Operation, number | undefined>> {
  const first = (operation: Operation) => firstOk(history, operation, since);
  const all = () => ({ event: first("event"), movie: first("movie"), match: first("match") });
  for (const late = Date.now() + limitMs; Date.now() < late; ) {
    const now = all();
    if (Object.values(now).every((at) => at !== undefined)) return now;
    await sleep(50);
  }
  return all();
}

function firstOk({ attempts }: History, operation: Operation, since: number): number | undefined {
  const isSuch = (attempt: Attempt) =>
    attempt.operation === operation &&
    attempt.invokedAt >= since &&
    attempt.outcome === "ok" &&
    (operation !== "match" || attempt.client.startsWith(PROBE));
  return attempts.reduce<number | undefined>((earliest, attempt) => {
    if (!isSuch(attempt) || attempt.endedAt === undefined) return earliest;
    return Math.min(earliest ?? attempt.endedAt, attempt.endedAt);
  }, undefined);
}

/** Reads everything that the stores hold, through the API. */
export async function readStored(deployment: Deployment): Promise<Stored> {
  const client = deployment.patient;
  const eventIds: string[] = [];
  for (const userId of EVENT_WRITERS) {
    for await (const { id } of client.activity.listEvents({ userId, pageSize: 1_000 })) eventIds.push(id);
  }
  const movieVersions = new Map<string, string>();
  for await (const { id, originalTitle } of client.catalog.listMovies({ pageSize: 1_000 })) {
    movieVersions.set(id, originalTitle.slice(1));
  }
  return { eventIds, movieVersions };
}

/** Resolves when every movie has its vector, the effect of a job on the queue; false when that takes too long. */
export async function untilEncoded({ patient }: Deployment, limitMs: number): Promise<boolean> {
  for (const late = Date.now() + limitMs; Date.now() < late; await sleep(200)) {
    const { movieCount, encodedCount } = await patient.catalog.getStatus();
    if (movieCount > 0n && movieCount === encodedCount) return true;
  }
  return false;
}
