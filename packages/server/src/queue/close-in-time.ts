import { setTimeout as sleep } from "node:timers/promises";

/** What closes at all has closed long before. */
const CLOSE_MS = 4_000;

/**
 * Closes something of BullMQ's, which would wait for a Redis server that is gone until it is there again. What is left
 * open after some seconds ends with the process.
 *
 * @param isBusy while it is true there is reason to go on waiting
 */
export async function closeInTime(closing: Promise<unknown>, isBusy = () => false): Promise<void> {
  const given = new AbortController();
  const patience = async () => {
    do await sleep(CLOSE_MS, undefined, { signal: given.signal });
    while (isBusy());
  };
  try {
    await Promise.race([closing, patience()]);
  } finally {
    given.abort();
  }
}
