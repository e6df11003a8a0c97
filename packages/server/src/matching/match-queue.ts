import type { ReplyOf, Work } from "./match-work.js";

/** How soon an answer is needed. */
export type Lane = "interactive" | "standard" | "bulk";

/** Carries work to model workers and their answers back. */
export interface MatchQueue {
  /**
   * Resolves with a worker's answer. Rejects with a ServiceError: QUEUE_FULL (with a retry delay), DEADLINE_EXCEEDED,
   * CANCELLED, QUEUE_UNAVAILABLE, or what the worker failed with.
   */
  run<W extends Work>(work: W, options: RunOptions): Promise<ReplyOf<W>>;

  /** Throws QUEUE_FULL when `run` would, before anything is prepared for it. */
  checkRoom(options: Pick<RunOptions, "lane" | "deadline">): void;
}

/** For whom, how soon and until when. */
export interface RunOptions {
  readonly lane: Lane;
  readonly subject: string;
  readonly tenant: string;
  readonly scope: string;
  /** The work is never begun after this instant, in milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** The W3C `traceparent` of what waits for the answer, where that is traced. */
  readonly trace?: string;
}
