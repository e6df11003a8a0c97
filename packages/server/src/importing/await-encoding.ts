import { setTimeout as sleep } from "node:timers/promises";
import type { CatalogStatus } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { type OutageOptions, outlastOutage } from "./outlast-outage.js";
import type { Progress } from "./progress.js";

const POLL_MS = 1_000;
const PATIENCE_MS = 120_000;

/** How to wait for the model. */
export interface AwaitEncodingOptions {
  readonly client: NodeClient;
  readonly progress: Progress;
  readonly outage?: OutageOptions | undefined;
  /** How long to wait while no movie gets encoded; 2 minutes by default. */
  readonly patienceMs?: number | undefined;
  /** How often to ask; every second by default. */
  readonly pollMs?: number | undefined;
}

/** The movies are stored, but no model worker encodes them. */
export class EncodingStalledError extends Error {
  override readonly name = "EncodingStalledError";
}

/** Waits until every movie of the catalogue can be matched by its meaning, and returns how the catalogue is then. */
export async function awaitEncoding(options: AwaitEncodingOptions): Promise<CatalogStatus> {
  const { client, progress, outage, patienceMs = PATIENCE_MS, pollMs = POLL_MS } = options;
  const task = progress.begin("Encoding ", "movies", 0);
  let best = { encoded: -1n, at: performance.now() };
  try {
    for (;;) {
      const status = await outlastOutage(() => client.catalog.getStatus(), outage);
      task.update(Number(status.encodedCount), Number(status.encodedCount), Number(status.movieCount));
      if (status.encodedCount >= status.movieCount) return status;
      if (status.encodedCount !== best.encoded) best = { encoded: status.encodedCount, at: performance.now() };
      if (performance.now() - best.at > patienceMs) throw stalled(status, patienceMs);
      await sleep(pollMs);
    }
  } finally {
    task.end();
  }
}

function stalled({ movieCount, encodedCount, readyWorkerCount }: CatalogStatus, patienceMs: number) {
  const workers =
    readyWorkerCount === 0 ? "no model worker is connected" : `${readyWorkerCount} model workers are idle`;
  return new EncodingStalledError(
    `The movies are stored, but for ${patienceMs / 1000} s none has been encoded (${encodedCount} of ${movieCount} are): ` +
      `${workers}. Start one with: cinedeepmatch serve --role worker`,
  );
}
