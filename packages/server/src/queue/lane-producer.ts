import { randomUUID } from "node:crypto";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { Queue, QueueEvents } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import type { BatchJob, BatchResult, SealedTicket, TicketOutcome } from "./batch-job.js";
import type { QueueBackend } from "./queue-backend.js";
import { TicketBatcher } from "./ticket-batcher.js";

const ADD_TIMEOUT_MS = 1_500;
const POLL_AFTER_MS = 500;
/** No deadline is as far away, so nobody waits for the tickets of such a batch any more. */
const FORGET_AFTER_MS = 15 * 60_000;
/** Kept for a while after they end, because a poll may come late. */
const KEEP_COMPLETED = { age: 60, count: 5_000 };
const KEEP_FAILED = { age: 3_600, count: 1_000 };

/** A batch that was put on the queue. */
interface OpenBatch {
  readonly ticketIds: readonly string[];
  readonly since: number;
}

/**
 * The producing end of one lane: puts batches on the queue and hands each ticket's outcome to `settle`, told by the
 * queue's events or, where an event went missing, by looking.
 */
export class LaneProducer {
  readonly #queue: Queue<BatchJob, BatchResult>;
  readonly #events: QueueEvents;
  readonly #batcher = new TicketBatcher((tickets) => void this.#send(tickets));
  readonly #open = new Map<string, OpenBatch>();
  readonly #settle: (outcome: TicketOutcome) => void;
  readonly #poll: NodeJS.Timeout;

  constructor(backend: QueueBackend, lane: Lane, settle: (outcome: TicketOutcome) => void) {
    this.#settle = settle;
    this.#queue = backend.openQueue(lane);
    this.#events = backend.openEvents(lane);
    // Without listeners an outage of the backend would end the process; callers learn of it from their calls.
    this.#queue.on("error", () => {});
    this.#events.on("error", () => {});
    this.#events.on("completed", ({ jobId, returnvalue }) => {
      this.#finish(jobId, returnvalue as unknown as BatchResult);
    });
    this.#events.on("failed", ({ jobId }) => this.#fail(jobId));
    this.#poll = setInterval(() => void this.#lookForMissed(), POLL_AFTER_MS / 2);
    this.#poll.unref();
  }

  /** Resolves when the lane's events are being listened to. */
  async ready(): Promise<void> {
    await Promise.all([this.#queue.waitUntilReady(), this.#events.waitUntilReady()]);
  }

  submit(ticket: SealedTicket): void {
    this.#batcher.add(ticket);
  }

  /** False when the ticket is on its way already. */
  withdraw(ticketId: string): boolean {
    return this.#batcher.withdraw(ticketId);
  }

  async close(): Promise<void> {
    clearInterval(this.#poll);
    await Promise.allSettled([this.#events.close(), this.#queue.close()]);
  }

  async #send(tickets: SealedTicket[]): Promise<void> {
    const jobId = `batch-${randomUUID()}`;
    this.#open.set(jobId, { ticketIds: tickets.map(({ id }) => id), since: Date.now() });
    const job: BatchJob = { tickets, queuedAt: Date.now() };
    // A priority on every job: BullMQ runs jobs without one before all others.
    const options = { jobId, priority: 1, removeOnComplete: KEEP_COMPLETED, removeOnFail: KEEP_FAILED };
    try {
      // BullMQ waits for a backend that is away; callers do not. An add that landed all the same does no harm: nobody
      // waits for its tickets any more.
      await Promise.race([this.#queue.add("batch", job, options), rejectAfter(ADD_TIMEOUT_MS)]);
    } catch {
      this.#rejectAll(jobId, ErrorReason.QUEUE_UNAVAILABLE, "The queue cannot be reached.");
    }
  }

  #finish(jobId: string, result: BatchResult | undefined): void {
    const batch = this.#open.get(jobId);
    if (batch === undefined || result === undefined) return;
    this.#open.delete(jobId);
    for (const outcome of result.outcomes) this.#settle(outcome);
  }

  #fail(jobId: string): void {
    this.#rejectAll(jobId, ErrorReason.MODEL_UNAVAILABLE, "The model workers failed to answer.");
  }

  #rejectAll(jobId: string, reason: ErrorReason, message: string): void {
    const batch = this.#open.get(jobId);
    this.#open.delete(jobId);
    for (const id of batch?.ticketIds ?? []) {
      this.#settle({ id, error: { reason, message, retryAfterMs: 1_000 } });
    }
  }

  /** Events can be missed, for example while the connection is away. */
  async #lookForMissed(): Promise<void> {
    const now = Date.now();
    for (const [jobId, batch] of this.#open) {
      if (now - batch.since > FORGET_AFTER_MS) this.#open.delete(jobId);
      if (now - batch.since < POLL_AFTER_MS) continue;
      const job = await this.#queue.getJob(jobId).catch(() => undefined);
      if (job?.finishedOn === undefined) continue;
      if (job.failedReason) this.#fail(jobId);
      else this.#finish(jobId, job.returnvalue);
    }
  }
}

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref();
  });
}
