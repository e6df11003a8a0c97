import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { DemoOptions, OnRefused } from "../gateway/index.js";
import type { Config } from "./config.js";
import type { GatewayRole } from "./gateway-role.js";
import type { FromGatewayThread, GatewayThreadSetup, ToGatewayThread } from "./gateway-thread-messages.js";

/** What a gateway has behind it in a process with all roles. */
export interface GatewayThreadOptions {
  readonly upstream: string;
  readonly operations: string;
  readonly leastAtOnce: number;
  readonly demo: DemoOptions | undefined;
  readonly onRefused: OnRefused;
}

/**
 * Starts the gateway in a thread of its own. The rest of the process shares one event loop, which the ranking
 * holds for milliseconds; whoever is refused must not wait for that, nor must connections to be taken.
 */
export async function startGatewayThread(config: Config, options: GatewayThreadOptions): Promise<GatewayRole> {
  const { demo, onRefused, ...behind } = options;
  const setup: GatewayThreadSetup = { config, ...behind, demo: demo !== undefined };
  const thread = new Worker(new URL("./gateway-thread.js", import.meta.url), { workerData: setup, name: "gateway" });
  const exited = once(thread, "exit");
  const tell = (message: ToGatewayThread) => thread.postMessage(message);
  const ready = Promise.withResolvers<string>();
  thread.on("message", async (message: FromGatewayThread) => {
    if (message.kind === "ready") ready.resolve(message.url);
    else if (message.kind === "refused") onRefused(message.lane);
    else {
      const token = await demo?.mintToken().catch(() => undefined);
      tell({ kind: "minted", id: message.id, ...(token && { token }) });
    }
  });
  thread.once("error", ready.reject);
  const url = await ready.promise;
  thread.off("error", ready.reject);
  // As if it had happened here: without its gateway the process is of no use.
  thread.once("error", (error) => {
    throw error;
  });
  return {
    url,
    async close() {
      tell({ kind: "close" });
      await exited;
    },
  };
}
