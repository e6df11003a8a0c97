import { randomUUID } from "node:crypto";
import { type KeyRing, sealTicket } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { Lane, MatchQueue, RunOptions } from "../matching/match-queue.js";
import type { ReplyOf, Work } from "../matching/match-work.js";
import { ServiceError } from "../matching/service-error.js";
import { LANES, type TicketOutcome } from "./batch-job.js";
import { LaneLimit } from "./lane-limit.js";
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

const DEFAULT_MAX_PENDING = { interactive: 1_024, standard: 2_048, bulk: 4_096 } as const;
/** How long a match may wait for a worker before its lane takes fewer. Whoever has a moment chooses another lane. */
const TARGET_MS: Readonly<Record<Lane, number>> = { interactive: 50, standard: 1_000, bulk: 5_000 };
/** As many as a worker has places for are taken in any case. */
const LEAST_PENDING = 8;
const RETRY_MS = { least: 100, usual: 750, most: 10_000 } as const;
/** setTimeout's range; a longer delay would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Pending {
  readonly lane: Lane;
  readonly settle: (outcome: TicketOutcome) => void;
}

/** The gRPC server's end of the queue: seals each request as a ticket, puts it on its lane and awaits the answer. */
export class Dispatcher implements MatchQueue {
  readonly #options: DispatcherOptions;
  readonly #limits: Readonly<Record<Lane, LaneLimit>>;
  readonly #lanes: Readonly<Record<Lane, LaneProducer>>;
  readonly #pending = new Map<string, Pending>();
  readonly #pendingCount: Record<Lane, number> = { interactive: 0, standard: 0, bulk: 0 };

  constructor(options: DispatcherOptions) {
    this.#options = options;
    const most = options.maxPending ?? DEFAULT_MAX_PENDING;
    const limit = (lane: Lane) =>
      new LaneLimit({ most: most[lane], least: Math.min(LEAST_PENDING, most[lane]), targetMs: TARGET_MS[lane] });
    this.#limits = { interactive: limit("interactive"), standard: limit("standard"), bulk: limit("bulk") };
    const settle = (outcome: TicketOutcome) => this.#pending.get(outcome.id)?.settle(outcome);
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
    const startedAt = performance.now();
    const id = randomUUID();
    const { subject, tenant, scope, deadline: expiresAt } = options;
    const ticket = { ticketId: id, subject, tenant, scope, model: this.#options.model, expiresAt, payload: work };
    const sealed = sealTicket(this.#options.ring, ticket);
    const outcome = await this.#await(id, sealed, options);
    if ("error" in outcome) throw toServiceError(outcome.error);
    const { reply } = outcome;
    if (reply.kind === "match") {
      const { encodeMs, rankMs } = reply.timings;
      const waitMs = performance.now() - startedAt - encodeMs - rankMs;
      this.#limits[options.lane].answered(waitMs, this.#pendingCount[options.lane] + 1);
    }
    return reply as ReplyOf<W>;
  }

  checkRoom({ lane, deadline }: Pick<RunOptions, "lane" | "deadline">): void {
    const pending = this.#pendingCount[lane];
    const limit = this.#limits[lane];
    const expectedMs = limit.expectedMs(pending);
    // What would be too late when its turn comes is better refused now.
    if (pending < limit.value && (expectedMs === undefined || Date.now() + expectedMs < deadline)) return;
    const delayMs = Math.min(Math.max(expectedMs ?? RETRY_MS.usual, RETRY_MS.least), RETRY_MS.most);
    throw new ServiceError(ErrorReason.QUEUE_FULL, `Too many matches are waiting in the ${lane} lane.`, {
      // Not all at the same moment again.
      retryAfterMs: Math.ceil(delayMs * (0.75 + Math.random() / 2)),
      metadata: { lane },
    });
  }

  /** Stops listening. Requests that still wait are refused. */
  async close(): Promise<void> {
    for (const [id, { settle }] of this.#pending) {
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
        this.#pendingCount[lane]--;
        clearTimeout(timer);
        signal.removeEventListener("abort", cancel);
        resolve(outcome);
      };
      this.#pending.set(id, { lane, settle });
      this.#pendingCount[lane]++;
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
