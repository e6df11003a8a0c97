import type { ErrorReason } from "@cinedeepmatch/contract";
import type { Lane } from "../matching/match-queue.js";
import type { EncodeReply, MatchReply } from "../matching/match-work.js";

/** The lanes, most urgent first. Each is a BullMQ queue of its own, so that none can starve another. */
export const LANES: readonly Lane[] = ["interactive", "standard", "bulk"];

/** The name of a lane's BullMQ queue. */
export function queueName(lane: Lane): string {
  return `match-${lane}`;
}

/** What one BullMQ job carries: requests of one lane that arrived together, each sealed on its own. */
export interface BatchJob {
  readonly tickets: readonly SealedTicket[];
  /** When the batch was put on the queue, in milliseconds since the epoch. */
  readonly queuedAt: number;
}

/** One request of a batch. */
export interface SealedTicket {
  readonly id: string;
  /** A PASETO v4.local ticket; see `sealTicket` of @cinedeepmatch/auth. */
  readonly sealed: string;
  /** The W3C `traceparent` of the request, where it is traced. */
  readonly trace?: string;
}

/** What a BullMQ job returns: one outcome for each ticket, in the same order. */
export interface BatchResult {
  readonly outcomes: readonly (TicketOutcome | AnsweredTicket)[];
}

/** What came of one ticket. */
export type TicketOutcome =
  | { readonly id: string; readonly reply: MatchReply | EncodeReply }
  | { readonly id: string; readonly error: TicketError };

/** What a queue that hands replies over by itself remembers of one. */
export interface AnsweredTicket {
  readonly id: string;
}

/** Why a ticket failed. Expected failures are data, so that BullMQ does not run the batch again. */
export interface TicketError {
  readonly reason: ErrorReason;
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
}
