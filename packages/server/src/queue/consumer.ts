import { AuthError, type KeyRing, openTicket } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { Job, Worker } from "bullmq";
import { LaneTurns } from "../limits/lane-turns.js";
import type { Lane } from "../matching/match-queue.js";
import type { EncodeReply, MatchReply, Work } from "../matching/match-work.js";
import { ServiceError } from "../matching/service-error.js";
import type { Tracing } from "../matching/tracing.js";
import { type BatchJob, type BatchResult, LANES, type SealedTicket, type TicketOutcome } from "./batch-job.js";
import { closeInTime } from "./close-in-time.js";
import type { QueueBackend } from "./queue-backend.js";
import { traceBatch } from "./trace-batch.js";

/** Does the work of an opened ticket. */
export type WorkHandler = (work: Work, context: WorkContext) => Promise<MatchReply | EncodeReply>;

/** For whom and until when work is done. */
export interface WorkContext {
  readonly lane: Lane;
  readonly tenant: string;
  /** Ends at the ticket's deadline and when its caller cancels. */
  readonly signal: AbortSignal;
  /**
   * Waits until it is this ticket's turn, as {@link LaneTurns} has it; the turn ends with the work.
   *
   * @param cost how much work it is; a match is 1
   * @returns how long the ticket has waited since it was put on the queue, in milliseconds
   */
  turn(cost?: number): Promise<number>;
}

/** What a {@link Consumer} is made of. */
export interface ConsumerOptions {
  readonly backend: QueueBackend;
  /** Opens tickets. */
  readonly ring: KeyRing<"model">;
  /** Tickets for another model are refused. */
  readonly model: string;
  readonly handle: WorkHandler;
  /** The clock that deadlines are told by, in milliseconds since the epoch; this machine's unless told. */
  readonly now?: () => number;
  readonly tracing?: Tracing | undefined;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/** How many batches of each lane a worker takes at once. Which of their requests it works on, the lanes' turns decide. */
const CONCURRENCY: Readonly<Record<Lane, number>> = { interactive: 16, standard: 4, bulk: 2 };

/** How many requests are worked on at once: enough to keep the model busy, few enough that each is done soon. */
const AT_ONCE = 8;

/** The model worker's end of the queue: takes batches off the lanes, opens their tickets and has the work done. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #workers: Worker<BatchJob, BatchResult>[];
  readonly #running = new Map<string, AbortController>();
  readonly #turns = new LaneTurns(() => AT_ONCE);
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
    const closing = this.#change.then(() => Promise.allSettled(this.#workers.map((worker) => worker.close())));
    await closeInTime(closing, () => this.#running.size > 0);
    this.#stopListening();
  }

  async #process(lane: Lane, job: Job<BatchJob, BatchResult>): Promise<BatchResult> {
    const { tickets, queuedAt } = job.data;
    const run = (ticket: SealedTicket) => this.#run(lane, queuedAt, ticket);
    return { outcomes: await traceBatch(this.#options.tracing, { lane, queuedAt, tickets }, run) };
  }

  /** Never rejects: one ticket's failure must not make BullMQ run the others of its batch again. */
  async #run(lane: Lane, since: number, { id, sealed }: SealedTicket): Promise<TicketOutcome> {
    const controller = new AbortController();
    const { now = Date.now } = this.#options;
    let endTurn = () => {};
    this.#running.set(id, controller);
    try {
      const ticket = openTicket(this.#options.ring, sealed, { ticketId: id, model: this.#options.model, now: now() });
      const remaining = Math.min(ticket.expiresAt - now(), 2 ** 31 - 1);
      const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(Math.max(remaining, 0))]);
      const turn = async (cost = 1) => {
        endTurn = await this.#turns.take(lane, { since, cost, signal });
        return Math.max(0, now() - since);
      };
      const context = { lane, tenant: ticket.tenant, signal, turn };
      return { id, reply: await this.#options.handle(ticket.payload as Work, context) };
    } catch (error) {
      return { id, error: this.#toTicketError(id, error, controller.signal.aborted) };
    } finally {
      endTurn();
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
