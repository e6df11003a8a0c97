import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { type BatchJob, type BatchResult, queueName } from "./batch-job.js";
import { createRedisCancelChannel } from "./cancel-channel.js";
import { keepEventLimit } from "./keep-event-limit.js";
import { type QueueBackend, WORKER_LOCKS } from "./queue-backend.js";
import { openRedisEvents } from "./redis-events.js";

const PREFIX = "cinedeepmatch";
const CONNECT_TIMEOUT_MS = 5_000;
/** An event holds the whole answer. Who has not read so many finds what became of a job by looking. */
const EVENTS_KEPT = 1_000;

/** A queue on a Redis server (6.2 or later). */
export function createRedisBackend(url: string, log: { warn(fields: object, message: string): void }): QueueBackend {
  const connections: Redis[] = [];
  const open = (options: object): Redis => {
    const connection = new Redis(url, { maxRetriesPerRequest: null, ...options });
    connection.on("error", (error) => log.warn({ error: error.message }, "redis connection"));
    connections.push(connection);
    return connection;
  };
  // Callers wait for the producer, so it must not hide an outage behind a buffer of commands.
  const producer = open({ enableOfflineQueue: false, commandTimeout: 2_000, maxRetriesPerRequest: 1 });
  const consumer = open({});
  const prefix = PREFIX;
  const streams = { events: { maxLen: EVENTS_KEPT } };
  const metaKeys = new Set<string>();
  const forgetEventLimit = keepEventLimit(producer, metaKeys, EVENTS_KEPT);
  return {
    openQueue(lane) {
      const queue = new Queue<BatchJob, BatchResult>(queueName(lane), { connection: producer, prefix, streams });
      metaKeys.add(queue.toKey("meta"));
      return queue;
    },
    openEvents: (lane, listener) => openRedisEvents(queueName(lane), { connection: open({}), prefix }, listener),
    openWorker: (lane, processor, concurrency) =>
      new Worker(queueName(lane), processor, { connection: consumer, prefix, concurrency, ...WORKER_LOCKS }),
    batchesAtOnce: Number.POSITIVE_INFINITY,
    leastAtOnce: 5,
    // A poll for what no event told of may come late.
    keepCompleted: { age: 20, count: 1_000 },
    cancellations: createRedisCancelChannel(producer, open({})),
    async check() {
      await connected(producer);
      const [, policy] = (await producer.config("GET", "maxmemory-policy")) as [string, string];
      if (policy !== "noeviction") {
        throw new Error(
          `Redis evicts data (maxmemory-policy ${policy}), which would lose queued work: set maxmemory-policy noeviction.`,
        );
      }
    },
    async close() {
      forgetEventLimit();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** Commands of a connection without a buffer fail until it is ready. */
async function connected(connection: Redis): Promise<void> {
  if (connection.status === "ready") return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Redis does not answer. Is REDIS_URL right?")), CONNECT_TIMEOUT_MS);
    connection.once("ready", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
