import type { Processor, Queue, Worker } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import type { BatchJob, BatchResult } from "./batch-job.js";
import type { CancelChannel } from "./cancel-channel.js";

/** Where the queue lives: BullMQ's parts for each lane, over Redis or over PostgreSQL. */
export interface QueueBackend {
  /** The producing end of a lane. Its commands fail fast when the backend is away. */
  openQueue(lane: Lane): Queue<BatchJob, BatchResult>;
  /** Tells of a lane's jobs that end, whoever put them there. */
  openEvents(lane: Lane, listener: LaneListener): LaneEvents;
  /** The consuming end of a lane. */
  openWorker(
    lane: Lane,
    processor: Processor<BatchJob, BatchResult>,
    concurrency: number,
  ): Worker<BatchJob, BatchResult>;
  readonly cancellations: CancelChannel;
  /**
   * How many batches of a lane one server has on the queue at once, as far as it can: more is gathered meanwhile. What
   * each costs is to be weighed against how many workers there are for them.
   */
  readonly batchesAtOnce: number;
  /** How many matches should be under way at once even when there are too many, so that batches are worth their cost. */
  readonly leastAtOnce: number;
  /** How many batches are kept after they have ended, and for how many seconds; few, because they hold answers. */
  readonly keepCompleted: { readonly age?: number; readonly count: number };
  /** Resolves when the backend answers and is fit for use; rejects with a reason a person can act on. */
  check(): Promise<void>;
  /** Closes connections that the backend opened; whatever was opened from it must be closed before. */
  close(): Promise<void>;
}

/** The ends of a lane's jobs. */
export interface LaneEvents {
  /** Resolves when nothing that happens from then on is missed. */
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

/** Hears how jobs end. */
export interface LaneListener {
  completed(jobId: string, result: BatchResult): void;
  failed(jobId: string): void;
}

/**
 * How workers hold jobs. With 5-second locks a killed worker's batch runs elsewhere within about 13 seconds; a batch
 * whose workers died three times is not tried again.
 */
export const WORKER_LOCKS = { lockDuration: 5_000, stalledInterval: 5_000, maxStalledCount: 2 } as const;
