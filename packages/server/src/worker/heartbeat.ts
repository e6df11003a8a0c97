import type { WorkerService } from "@cinedeepmatch/contract/worker";
import type { Client } from "@connectrpc/connect";

const INTERVAL_MS = 3_000;

/** Tells the server every few seconds that this worker is alive; returns how to stop. */
export function startHeartbeat(
  client: Client<typeof WorkerService>,
  state: () => { workerId: string; revision: bigint; ready: boolean },
): { beat: () => Promise<void>; stop: () => void } {
  const beat = async () => {
    // A server that is away learns of this worker from the next beat.
    await client.heartbeat(state(), { timeoutMs: INTERVAL_MS }).catch(() => {});
  };
  const timer = setInterval(() => void beat(), INTERVAL_MS);
  return { beat, stop: () => clearInterval(timer) };
}
