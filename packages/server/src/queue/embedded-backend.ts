import { createPostgresBackend as bullmqPostgres, type PgPool, Queue, QueueEvents, Worker } from "bullmq";
import { queueName } from "./batch-job.js";
import { createLocalCancelChannel } from "./cancel-channel.js";
import { type QueueBackend, WORKER_LOCKS } from "./queue-backend.js";

/**
 * A queue in the embedded database, for a server that runs as one process.
 *
 * @param pool a pool whose search_path is BullMQ's schema, migrated; see `stores/embedded/bullmq-pool.ts`
 */
export function createEmbeddedBackend(pool: PgPool): QueueBackend {
  // BullMQ types its classes by backend; the rest of the server only uses what all backends have in common.
  const connection = pool as never;
  const factory = bullmqPostgres as never;
  return {
    openQueue: (lane) => new Queue(queueName(lane), { connection }, factory),
    openEvents: (lane) => new QueueEvents(queueName(lane), { connection }, factory),
    openWorker: (lane, processor, concurrency) =>
      new Worker(queueName(lane), processor, { connection, concurrency, ...WORKER_LOCKS }, factory),
    cancellations: createLocalCancelChannel(),
    async check() {
      await pool.query("SELECT 1");
    },
    async close() {
      // The database belongs to the stores.
    },
  };
}
