import { setTimeout as sleep } from "node:timers/promises";
import { CineDeepMatchError } from "@cinedeepmatch/sdk-node";

const BASE_MS = 250;
const MAX_MS = 8_000;
const PATIENCE_MS = 300_000;

/** How to wait for a server that went away. */
export interface OutageOptions {
  /** How long to wait without any progress; 5 minutes by default. */
  readonly patienceMs?: number | undefined;
  /** Told that an attempt failed and when the next one comes. */
  readonly onWait?: ((error: CineDeepMatchError, delayMs: number) => void) | undefined;
}

/**
 * Repeats an operation that is safe to repeat while the server is away or busy, waiting longer from time to time.
 *
 * @param attempt calls `progressed` when it got further, after which the waiting begins anew
 */
export async function outlastOutage<T>(
  attempt: (progressed: () => void) => Promise<T>,
  { patienceMs = PATIENCE_MS, onWait }: OutageOptions = {},
): Promise<T> {
  let failures = 0;
  let lastProgress = performance.now();
  const progressed = () => {
    failures = 0;
    lastProgress = performance.now();
  };
  for (;;) {
    try {
      return await attempt(progressed);
    } catch (error) {
      const delayMs = delayAfter(error, failures++);
      if (delayMs === undefined || performance.now() - lastProgress + delayMs > patienceMs) throw error;
      onWait?.(error as CineDeepMatchError, delayMs);
      await sleep(delayMs);
    }
  }
}

function delayAfter(error: unknown, failures: number): number | undefined {
  if (!(error instanceof CineDeepMatchError)) return undefined;
  // A server that is being stopped cancels its calls, and one that is overloaded lets them time out.
  if (!error.retryable && error.code !== "canceled" && error.code !== "deadline_exceeded") return undefined;
  const wanted = Math.max(error.retryAfterMs ?? 0, Math.min(MAX_MS, BASE_MS * 2 ** failures));
  return wanted * (1 + Math.random() / 4);
}
