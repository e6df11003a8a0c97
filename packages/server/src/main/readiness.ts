import type { Logger } from "pino";
import type { QueueBackend } from "../queue/queue-backend.js";
import type { OpenStores } from "./open-stores.js";
import type { Teardown } from "./teardown.js";
import { watchReach } from "./watch-reach.js";

/** What a gRPC server needs before it can do anything for anybody. */
interface Parts extends Pick<OpenStores, "accounts" | "catalog"> {
  readonly backend: QueueBackend;
  readonly readyWorkers: () => number;
}

/** Whether matches can be answered: a worker takes them, and the stores and the queue answer. */
export function readiness(parts: Parts, teardown: Teardown, log: Logger): () => boolean {
  const { accounts, catalog, backend, readyWorkers } = parts;
  // Each is asked for something that is not there, by its key.
  const needed = [
    { name: "accounts and activity", ask: () => accounts.findApiKey("") },
    { name: "catalogue", ask: () => catalog.getImport("default", "readiness") },
    { name: "queue", ask: () => backend.check() },
  ];
  const reach = teardown.add(watchReach(needed, log));
  return () => readyWorkers() > 0 && reach.isReachable;
}
