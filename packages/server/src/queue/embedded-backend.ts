import { createPostgresBackend as bullmqPostgres, type PgPool, Queue, Worker } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import { type BatchResult, queueName } from "./batch-job.js";
import { createLocalCancelChannel } from "./cancel-channel.js";
import { type LaneListener, type QueueBackend, WORKER_LOCKS } from "./queue-backend.js";

/**
 * A batch costs the database some milliseconds, and it does one thing at a time. So the requests that come while the
 * worker is busy with one travel together in the next, unless it takes long.
 */
const BATCHES_AT_ONCE = 1;
const LEAST_AT_ONCE = 6;
/** A worker with a hand free looks for a second batch whenever it has taken one, which costs as much as a third of a batch. */
const IN_HAND = 1;

/**
 * A queue in the embedded database, for a server that runs as one process.
 *
 * Answers go from the worker to whoever waits without a detour through the database: both are in this process, and if it
 * ends, nobody waits any more.
 *
 * @param pool a pool whose search_path is BullMQ's schema, migrated; see `stores/embedded/bullmq-pool.ts`
 */
export function createEmbeddedBackend(pool: PgPool): QueueBackend {
  // BullMQ types its classes by backend; the rest of the server only uses what all backends have in common.
  const connection = pool as never;
  const factory = bullmqPostgres as never;
  const listeners: Record<Lane, Set<LaneListener>> = {
    interactive: new Set(),
    standard: new Set(),
    bulk: new Set(),
  };
  return {
    openQueue: (lane) => new Queue(queueName(lane), { connection }, factory),
    openEvents(lane, listener) {
      listeners[lane].add(listener);
      return { waitUntilReady: async () => {}, close: async () => void listeners[lane].delete(listener) };
    },
    openWorker(lane, processor) {
      const answering: typeof processor = async (...[job, ...rest]) => {
        const result = await processor(job, ...rest);
        for (const listener of listeners[lane]) listener.completed(job.id ?? "", result);
        return withoutReplies(result);
      };
      const options = { connection, concurrency: IN_HAND, ...WORKER_LOCKS };
      const worker = new Worker(queueName(lane), answering, options, factory);
      worker.on("failed", (job) => {
        for (const listener of listeners[lane]) listener.failed(job?.id ?? "");
      });
      return worker;
    },
    batchesAtOnce: BATCHES_AT_ONCE,
    leastAtOnce: LEAST_AT_ONCE,
    // For those who look at the dashboard; nobody waits for them.
    keepCompleted: { count: 20 },
    cancellations: createLocalCancelChannel(),
    async check() {
      await pool.query("SELECT 1");
    },
    async close() {
      // The database belongs to the stores.
    },
  };
}

/** What is kept of a result. Whoever waited for the replies had them before the job ended. */
function withoutReplies({ outcomes }: BatchResult): BatchResult {
  return { outcomes: outcomes.map((outcome) => ("error" in outcome ? outcome : { id: outcome.id })) };
}
