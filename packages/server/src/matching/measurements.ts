import type { Lane } from "./match-queue.js";
import type { MatchReply, Work } from "./match-work.js";
import type { TasteOutcome } from "./taste-models.js";

// What the server's parts tell whoever measures them. Implementations return at once and never throw; which one there
// is, main/ decides.

/** Hears of the calls of the gRPC server, refused ones included. */
export interface CallMeasurements {
  callBegan(call: MeasuredCall): void;
  /** @param code the call's code as Connect writes it, `ok` for success */
  callEnded(call: MeasuredCall, code: string, seconds: number): void;
}

/** The method of a call. */
export interface MeasuredCall {
  /** For example `cinedeepmatch.v1.MatchService`. */
  readonly service: string;
  readonly method: string;
  /** Whether it takes or gives more than one message, and so lasts for as long as its caller likes. */
  readonly stream: boolean;
}

/** Hears of the requests that a server puts on the queue. */
export interface QueueMeasurements {
  requestBegan(lane: Lane): void;
  requestEnded(request: EndedRequest): void;
}

/** What came of one request to the queue. */
export interface EndedRequest {
  readonly lane: Lane;
  readonly kind: Work["kind"];
  /** `ok`, or the name of the ErrorReason in lower case. */
  readonly outcome: string;
  /** From handing it to the queue to its answer. */
  readonly seconds: number;
  /** Where the worker's time went, when it answered a match. */
  readonly timings?: MatchReply["timings"];
  /** How many movies got a vector, when it was about that. */
  readonly encodedCount?: number;
}

/** Hears of matches that may be answered as they were before. */
export interface ReplyCacheMeasurements {
  /** @param outcome `stale` where the answer that was kept is of another state of the catalogue */
  looked(outcome: ReplyCacheOutcome): void;
}

export type ReplyCacheOutcome = "hit" | "miss" | "stale";

/** Hears of the registered models. */
export interface ModelMeasurements {
  /** A match that asked for taste has been answered, or failed by its model's fault. */
  readonly tasteEnded: (outcome: TasteOutcome) => void;
}

/** Hears of what a model worker does. */
export interface WorkerMeasurements {
  batchEnded(batch: EndedBatch): void;
  inferenceEnded(run: EndedInference): void;
}

/** A batch of requests that travelled as one job. */
export interface EndedBatch {
  readonly lane: Lane;
  readonly requests: number;
  readonly seconds: number;
}

/** One use of the model. */
export interface EndedInference {
  readonly operation: "encode" | "scan";
  /** How many texts were encoded, or queries searched with. */
  readonly size: number;
  /** The wait for the inference thread included. */
  readonly seconds: number;
}

/** How full a lane is, over all servers. */
export interface LaneLoad {
  readonly lane: Lane;
  /** Batches of up to 64 requests each. */
  readonly waiting: number;
  readonly active: number;
  /** Batches that no worker could finish, kept to be looked at. */
  readonly failed: number;
  /** How long the oldest waiting batch has waited; 0 when none waits. */
  readonly oldestWaitingMs: number;
}
