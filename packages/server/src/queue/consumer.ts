import { AuthError, type KeyRing, openTicket } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { Job, Worker } from "bullmq";
import type { Lane } from "../matching/match-queue.js";
import type { EncodeReply, MatchReply, Work } from "../matching/match-work.js";
import { ServiceError } from "../matching/service-error.js";
import { type BatchJob, type BatchResult, LANES, type SealedTicket, type TicketOutcome } from "./batch-job.js";
import type { QueueBackend } from "./queue-backend.js";

/** Does the work of an opened ticket. */
export type WorkHandler = (work: Work, context: WorkContext) => Promise<MatchReply | EncodeReply>;

/** For whom and until when work is done. */
export interface WorkContext {
  readonly lane: Lane;
  readonly tenant: string;
  /** Ends at the ticket's deadline and when its caller cancels. */
  readonly signal: AbortSignal;
  /** How long the ticket waited. */
  readonly queueMs: number;
}

/** What a {@link Consumer} is made of. */
export interface ConsumerOptions {
  readonly backend: QueueBackend;
  /** Opens tickets. */
  readonly ring: KeyRing<"model">;
  /** Tickets for another model are refused. */
  readonly model: string;
  readonly handle: WorkHandler;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** How many batches of each lane are worked on at once: no lane can keep the others from the model. */
const CONCURRENCY: Readonly<Record<Lane, number>> = { interactive: 16, standard: 4, bulk: 2 };

/** The model worker's end of the queue: takes batches off the lanes, opens their tickets and has the work done. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #workers: Worker<BatchJob, BatchResult>[];
  readonly #running = new Map<string, AbortController>();
  readonly #stopListening: () => void;
  #change: Promise<unknown> = Promise.resolve();

  /** Begins to take work at once. */
  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#stopListening = options.backend.cancellations.subscribe((ticketId) => this.#running.get(ticketId)?.abort());
    this.#workers = LANES.map((lane) => {
      const worker = options.backend.openWorker(lane, (job) => this.#process(lane, job), CONCURRENCY[lane]);
      worker.on("error", (error) => options.log.warn({ lane, error: error.message }, "queue worker"));
      return worker;
    });
  }

  async ready(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
  }

  /** Takes no more work until {@link resume}; resolves when what was taken is done. */
  pause(): Promise<void> {
    return this.#inTurn(async () => void (await Promise.all(this.#workers.map((worker) => worker.pause()))));
  }

  /** Takes work again. */
  resume(): Promise<void> {
    return this.#inTurn(async () => void (await Promise.all(this.#workers.map((worker) => worker.resume()))));
  }

  /** BullMQ does not get over being resumed while it pauses. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    const done = this.#change.then(change);
    this.#change = done.catch(() => {});
    return done;
  }

  /** Takes no more work and resolves when what was taken is done. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#workers.map((worker) => worker.close()));
    this.#stopListening();
  }

  async #process(lane: Lane, job: Job<BatchJob, BatchResult>): Promise<BatchResult> {
    const queueMs = Math.max(0, Date.now() - job.data.queuedAt);
    const outcomes = await Promise.all(job.data.tickets.map((ticket) => this.#run(lane, queueMs, ticket)));
    return { outcomes };
  }

  /** Never rejects: one ticket's failure must not make BullMQ run the others of its batch again. */
  async #run(lane: Lane, queueMs: number, { id, sealed }: SealedTicket): Promise<TicketOutcome> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const ticket = openTicket(this.#options.ring, sealed, { ticketId: id, model: this.#options.model });
      const remaining = Math.min(ticket.expiresAt - Date.now(), 2 ** 31 - 1);
      const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(Math.max(remaining, 0))]);
      const context = { lane, tenant: ticket.tenant, signal, queueMs };
      return { id, reply: await this.#options.handle(ticket.payload as Work, context) };
    } catch (error) {
      return { id, error: this.#toTicketError(id, error, controller.signal.aborted) };
    } finally {
      this.#running.delete(id);
    }
  }

  #toTicketError(id: string, error: unknown, cancelled: boolean): Extract<TicketOutcome, { error: unknown }>["error"] {
    if (cancelled) return { reason: ErrorReason.CANCELLED, message: "The caller cancelled." };
    if (error instanceof ServiceError) {
      const { reason, message, metadata, retryAfterMs } = error;
      return { reason, message, metadata, ...(retryAfterMs !== undefined && { retryAfterMs }) };
    }
    if (isTooLate(error)) return { reason: ErrorReason.DEADLINE_EXCEEDED, message: "The deadline passed." };
    const code = error instanceof AuthError ? error.code : undefined;
    this.#options.log.error({ ticket: id, code, err: code ? undefined : error }, "ticket failed");
    return { reason: ErrorReason.INTERNAL, message: "The model worker failed." };
  }
}

function isTooLate(error: unknown): boolean {
  if (error instanceof AuthError) return error.code === "ticket_expired";
  return error instanceof DOMException && error.name === "TimeoutError";
}
