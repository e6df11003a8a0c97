import { randomUUID } from "node:crypto";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { Queue } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import type { BatchJob, BatchResult, SealedTicket, TicketOutcome } from "./batch-job.js";
import { closeInTime } from "./close-in-time.js";
import type { LaneEvents, QueueBackend } from "./queue-backend.js";
import { TicketBatcher } from "./ticket-batcher.js";

const ADD_TIMEOUT_MS = 1_500;
/** How long a batch is open before it is looked for, and then as long again as it has been open, but no longer than this. */
const LOOK_AFTER_MS = 500;
const LOOK_EVERY_MS = 2_000;
/** No deadline is as far away, so nobody waits for the tickets of such a batch any more. */
const FORGET_AFTER_MS = 15 * 60_000;
/** A batch may be lost with all that the backend held, and its next copy as well; not for ever. */
const MOST_LOSSES = 3;
/** The dead letters: what no worker survived, for a person to look at and to try again. */
const KEEP_FAILED = { age: 24 * 3_600, count: 200 };

/** A batch that was put on the queue. */
interface OpenBatch {
  readonly tickets: readonly SealedTicket[];
  readonly since: number;
  /** When to look for it. */
  lookAt: number;
  /** Whether the queue has confirmed it. */
  added: boolean;
  /** How often it was looked for and not found since it was confirmed. */
  missing: number;
  /** How often it was lost. */
  readonly losses: number;
}

/**
 * The producing end of one lane: puts batches on the queue and hands each ticket's outcome to `settle`, told by the
 * queue's events or, where an event went missing, by looking.
 */
export class LaneProducer {
  readonly #queue: Queue<BatchJob, BatchResult>;
  readonly #events: LaneEvents;
  readonly #batcher: TicketBatcher;
  readonly #keepCompleted: QueueBackend["keepCompleted"];
  readonly #open = new Map<string, OpenBatch>();
  readonly #settle: (outcome: TicketOutcome) => void;
  readonly #poll: NodeJS.Timeout;
  #looking = false;

  constructor(backend: QueueBackend, lane: Lane, settle: (outcome: TicketOutcome) => void) {
    this.#settle = settle;
    this.#keepCompleted = backend.keepCompleted;
    this.#batcher = new TicketBatcher(
      (tickets) => void this.#send(tickets),
      () => this.#open.size >= backend.batchesAtOnce,
    );
    this.#queue = backend.openQueue(lane);
    this.#events = backend.openEvents(lane, {
      completed: (jobId, result) => this.#finish(jobId, result),
      failed: (jobId) => this.#fail(jobId),
    });
    // Without a listener an outage of the backend would end the process; callers learn of it from their calls.
    this.#queue.on("error", () => {});
    this.#poll = setInterval(() => void this.#lookForMissed(), LOOK_AFTER_MS / 2);
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
    await closeInTime(Promise.allSettled([this.#events.close(), this.#queue.close()]));
  }

  async #send(tickets: readonly SealedTicket[], losses = 0): Promise<void> {
    const jobId = `batch-${randomUUID()}`;
    const since = Date.now();
    const batch: OpenBatch = { tickets, since, lookAt: since + LOOK_AFTER_MS, added: false, missing: 0, losses };
    this.#open.set(jobId, batch);
    const job: BatchJob = { tickets, queuedAt: Date.now() };
    // A priority on every job: BullMQ runs jobs without one before all others.
    const options = { jobId, priority: 1, removeOnComplete: this.#keepCompleted, removeOnFail: KEEP_FAILED };
    try {
      // BullMQ waits for a backend that is away; callers do not. An add that landed all the same does no harm: nobody
      // waits for its tickets any more.
      await Promise.race([this.#queue.add("batch", job, options), rejectAfter(ADD_TIMEOUT_MS)]);
      batch.added = true;
    } catch {
      this.#rejectAll(jobId, ErrorReason.QUEUE_UNAVAILABLE, "The queue cannot be reached.");
    }
  }

  #finish(jobId: string, result: BatchResult | undefined): void {
    const batch = this.#open.get(jobId);
    if (batch === undefined || result === undefined) return;
    for (const outcome of result.outcomes) if ("reply" in outcome || "error" in outcome) this.#settle(outcome);
    // A ticket that the result says nothing of has failed.
    this.#fail(jobId);
  }

  #fail(jobId: string): void {
    this.#rejectAll(jobId, ErrorReason.MODEL_UNAVAILABLE, "The model workers failed to answer.");
  }

  #rejectAll(jobId: string, reason: ErrorReason, message: string): void {
    const batch = this.#open.get(jobId);
    this.#open.delete(jobId);
    for (const { id } of batch?.tickets ?? []) {
      this.#settle({ id, error: { reason, message, retryAfterMs: 1_000 } });
    }
    this.#batcher.goOn();
  }

  /**
   * The backend does not know a batch that it had confirmed: it was emptied, or came back without its newest data. A
   * ticket may run twice and has its effect once, so what was lost is put on the queue again.
   */
  #replace(jobId: string, batch: OpenBatch): void {
    if (batch.losses + 1 >= MOST_LOSSES) {
      this.#rejectAll(jobId, ErrorReason.QUEUE_UNAVAILABLE, "The queue lost the request.");
      return;
    }
    this.#open.delete(jobId);
    void this.#send(batch.tickets, batch.losses + 1);
  }

  /** Events can be missed, for example while the connection is away. */
  async #lookForMissed(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const now = Date.now();
    for (const [jobId, batch] of this.#open) {
      if (now - batch.since > FORGET_AFTER_MS) this.#open.delete(jobId);
      else if (now >= batch.lookAt) await this.#lookFor(jobId, batch, now).catch(() => {});
    }
    this.#looking = false;
  }

  /** Asks for the state alone: a job comes with all that it carries. */
  async #lookFor(jobId: string, batch: OpenBatch, now: number): Promise<void> {
    batch.lookAt = now + Math.min(Math.max(now - batch.since, LOOK_AFTER_MS), LOOK_EVERY_MS);
    const state = await this.#queue.getJobState(jobId);
    if (!this.#open.has(jobId)) return;
    if (state === "failed") return this.#fail(jobId);
    if (state === "completed") return this.#finish(jobId, (await this.#queue.getJob(jobId))?.returnvalue);
    if (state !== "unknown") batch.missing = 0;
    // Not at the first look: an answer may have come and gone while it was on its way.
    else if (batch.added && ++batch.missing > 1) this.#replace(jobId, batch);
  }
}

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms).unref();
  });
}
