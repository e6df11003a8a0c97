import { randomUUID } from "node:crypto";
import { type KeyRing, sealTicket } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import { LaneRoom } from "../limits/lane-room.js";
import type { Lane, MatchQueue, RunOptions } from "../matching/match-queue.js";
import type { ReplyOf, Work } from "../matching/match-work.js";
import { queueFull, ServiceError } from "../matching/service-error.js";
import { LANES, type TicketOutcome } from "./batch-job.js";
import { LaneProducer } from "./lane-producer.js";
import type { QueueBackend } from "./queue-backend.js";

/** What a {@link Dispatcher} is made of. */
export interface DispatcherOptions {
  readonly backend: QueueBackend;
  /** Seals tickets for the model audience. */
  readonly ring: KeyRing<"model">;
  /** The model that tickets are meant for. */
  readonly model: string;
  /** How many requests of a lane may wait for an answer at once; more are refused with QUEUE_FULL. */
  readonly maxPending?: Readonly<Record<Lane, number>>;
}

/** setTimeout's range; a longer delay would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The gRPC server's end of the queue: seals each request as a ticket, puts it on its lane and awaits the answer. */
export class Dispatcher implements MatchQueue {
  readonly #options: DispatcherOptions;
  readonly #room: LaneRoom;
  readonly #lanes: Readonly<Record<Lane, LaneProducer>>;
  readonly #pending = new Map<string, (outcome: TicketOutcome) => void>();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#room = new LaneRoom({ ...(options.maxPending && { mostPending: options.maxPending }) });
    const settle = (outcome: TicketOutcome) => this.#pending.get(outcome.id)?.(outcome);
    const open = (lane: Lane) => new LaneProducer(options.backend, lane, settle);
    this.#lanes = { interactive: open("interactive"), standard: open("standard"), bulk: open("bulk") };
  }

  /** Resolves when answers can be received. */
  async ready(): Promise<void> {
    await Promise.all(LANES.map((lane) => this.#lanes[lane].ready()));
  }

  async run<W extends Work>(work: W, options: RunOptions): Promise<ReplyOf<W>> {
    options.signal.throwIfAborted();
    this.checkRoom(options);
    const leave = this.#room.enter(options.lane);
    let workMs: number | undefined;
    try {
      const id = randomUUID();
      const { subject, tenant, scope, deadline: expiresAt } = options;
      const ticket = { ticketId: id, subject, tenant, scope, model: this.#options.model, expiresAt, payload: work };
      const sealed = sealTicket(this.#options.ring, ticket);
      const outcome = await this.#await(id, sealed, options);
      if ("error" in outcome) throw toServiceError(outcome.error);
      const { reply } = outcome;
      if (reply.kind === "match") workMs = reply.timings.encodeMs + reply.timings.rankMs;
      return reply as ReplyOf<W>;
    } finally {
      leave(workMs);
    }
  }

  checkRoom({ lane, deadline }: Pick<RunOptions, "lane" | "deadline">): void {
    const retryAfterMs = this.#room.refusal(lane, deadline);
    if (retryAfterMs !== undefined) throw queueFull(lane, retryAfterMs);
  }

  /** Stops listening. Requests that still wait are refused. */
  async close(): Promise<void> {
    for (const [id, settle] of this.#pending) {
      settle({ id, error: { reason: ErrorReason.QUEUE_UNAVAILABLE, message: "The server is stopping." } });
    }
    await Promise.all(LANES.map((lane) => this.#lanes[lane].close()));
  }

  #await(id: string, sealed: string, { lane, deadline, signal, trace }: RunOptions): Promise<TicketOutcome> {
    return new Promise((resolve) => {
      const giveUp = (reason: ErrorReason, message: string) => {
        if (!this.#lanes[lane].withdraw(id)) this.#options.backend.cancellations.publish(id);
        settle({ id, error: { reason, message } });
      };
      const expire = () => giveUp(ErrorReason.DEADLINE_EXCEEDED, "The deadline passed before the match was ready.");
      const cancel = () => giveUp(ErrorReason.CANCELLED, "The caller cancelled.");
      const timer = setTimeout(expire, Math.min(Math.max(deadline - Date.now(), 0), MAX_TIMER_MS));
      const settle = (outcome: TicketOutcome) => {
        if (!this.#pending.delete(id)) return;
        clearTimeout(timer);
        signal.removeEventListener("abort", cancel);
        resolve(outcome);
      };
      this.#pending.set(id, settle);
      signal.addEventListener("abort", cancel, { once: true });
      this.#lanes[lane].submit({ id, sealed, ...(trace !== undefined && { trace }) });
    });
  }
}

function toServiceError(error: Extract<TicketOutcome, { error: unknown }>["error"]): ServiceError {
  return new ServiceError(error.reason, error.message, {
    ...(error.metadata && { metadata: error.metadata }),
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  });
}
