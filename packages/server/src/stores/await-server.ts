import { setTimeout as sleep } from "node:timers/promises";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

const PATIENCE_MS = 30_000;
const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/**
 * Opens something on a server that may be starting at the same time as we are: tries for half a minute.
 *
 * @throws whatever the last attempt threw
 */
export async function awaitServer<T>(
  open: () => Promise<T>,
  log: { warn(fields: object, message: string): void },
): Promise<T> {
  const began = performance.now();
  for (let delayMs = FIRST_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_MS)) {
    try {
      return await open();
    } catch (error) {
      const mayPass = error instanceof ServiceError && error.reason === ErrorReason.STORE_UNAVAILABLE;
      if (!mayPass || performance.now() - began + delayMs > PATIENCE_MS) throw error;
      log.warn({ err: error.cause }, error.message);
      await sleep(delayMs);
    }
  }
}
