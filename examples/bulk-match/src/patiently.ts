import { setTimeout as sleep } from "node:timers/promises";
import { CineDeepMatchError } from "@cinedeepmatch/sdk-node";

/** How long to wait for a server that is away. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 1_000;

/**
 * Repeats a call for as long as its failure may pass. The SDK does so too, a few times and out of a budget, so that a
 * server in trouble is not flooded. Who can wait longer sits out the rest, a restart for example, on top of that.
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const { retryable, retryAfterMs = PAUSE_MS } = CineDeepMatchError.from(error);
      if (!retryable || Date.now() + retryAfterMs > end) throw error;
      await sleep(retryAfterMs);
    }
  }
}
