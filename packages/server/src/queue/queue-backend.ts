import type { Processor, Queue, QueueEvents, Worker } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import type { BatchJob, BatchResult } from "./batch-job.js";
import type { CancelChannel } from "./cancel-channel.js";

/** Where the queue lives: BullMQ's parts for each lane, over Redis or over PostgreSQL. */
export interface QueueBackend {
  /** The producing end of a lane. Its commands fail fast when the backend is away. */
  openQueue(lane: Lane): Queue<BatchJob, BatchResult>;
  /** What happens to a lane's jobs. */
  openEvents(lane: Lane): QueueEvents;
  /** The consuming end of a lane. */
  openWorker(
    lane: Lane,
    processor: Processor<BatchJob, BatchResult>,
    concurrency: number,
  ): Worker<BatchJob, BatchResult>;
  readonly cancellations: CancelChannel;
  /** Resolves when the backend answers and is fit for use; rejects with a reason a person can act on. */
  check(): Promise<void>;
  /** Closes connections that the backend opened; whatever was opened from it must be closed before. */
  close(): Promise<void>;
}

/**
 * How workers hold jobs. With 5-second locks a killed worker's batch runs elsewhere within about 13 seconds; a batch
 * whose workers died three times is not tried again.
 */
export const WORKER_LOCKS = { lockDuration: 5_000, stalledInterval: 5_000, maxStalledCount: 2 } as const;
