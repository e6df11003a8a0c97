import { setTimeout as sleep } from "node:timers/promises";
import type { MongoClient } from "mongodb";

const LOOK_EVERY_MS = 500;

/** When to take a check for lost, and who is told. */
export interface ReviveOptions {
  /** How long a check may take: to connect and to be answered, or for a server that answers when something changes. */
  readonly checkMs: number;
  readonly awaitedCheckMs: number;
  /** Whether calls fail because the server is away. */
  readonly isAway: () => boolean;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * Connects a client anew whose watch of its server hangs. The driver's does (7.9.0) when the connection that it asks over
 * breaks at that very moment: it waits for ever to write to it, does not look for the server again, and no call ever gets
 * a connection.
 *
 * @returns what ends it
 */
export function reviveClient(client: MongoClient, options: ReviveOptions): () => void {
  const { checkMs, awaitedCheckMs, isAway, log } = options;
  /** By server, when what the driver has asked it and not heard of is lost. */
  const checks = new Map<string, number>();
  client.on("serverHeartbeatStarted", ({ connectionId, awaited }) => {
    checks.set(connectionId, performance.now() + (awaited ? awaitedCheckMs : checkMs));
  });
  client.on("serverHeartbeatSucceeded", ({ connectionId }) => checks.delete(connectionId));
  client.on("serverHeartbeatFailed", ({ connectionId }) => checks.delete(connectionId));
  client.on("serverClosed", ({ address }) => checks.delete(address));
  let isBusy = false;
  const ended = new AbortController();
  const timer = setInterval(async () => {
    const isLost = [...checks.values()].some((lateAt) => performance.now() > lateAt);
    if (isBusy || !isLost || !isAway()) return;
    isBusy = true;
    log.warn({}, "the driver has lost sight of MongoDB: connecting anew");
    checks.clear();
    await connectAnew(client, ended.signal);
    isBusy = false;
  }, LOOK_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    ended.abort();
  };
}

/** Calls that come meanwhile fail as they do while the server is away. */
async function connectAnew(client: MongoClient, ended: AbortSignal): Promise<void> {
  await client.close().catch(() => {});
  while (!ended.aborted) {
    const isConnected = await client.connect().then(
      () => true,
      () => false,
    );
    if (isConnected) return;
    await sleep(LOOK_EVERY_MS);
  }
}
