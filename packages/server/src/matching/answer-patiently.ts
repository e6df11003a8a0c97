import { create } from "@bufbuild/protobuf";
import {
  ErrorReason,
  type MatchJobResult,
  MatchJobResultSchema,
  type MatchRequest,
  type MatchResponse,
} from "@cinedeepmatch/contract";
import type { JobOwner, PendingRequest } from "./match-job-store.js";
import { ServiceError } from "./service-error.js";

/** Has one request matched; its response's movies have only their id. Rejects with a ServiceError. */
export type AnswerRequest = (owner: JobOwner, request: MatchRequest, until: AnswerUntil) => Promise<MatchResponse>;

/** Until when somebody waits for an answer. */
export interface AnswerUntil {
  /** In milliseconds since the epoch. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** What passes: nobody waits for a job, so it waits for room, for workers, for a store. */
const PASSING: ReadonlySet<ErrorReason> = new Set([
  ErrorReason.QUEUE_FULL,
  ErrorReason.QUEUE_UNAVAILABLE,
  ErrorReason.STORE_UNAVAILABLE,
  ErrorReason.DEADLINE_EXCEEDED,
]);
/** A request that workers fail at again and again is given up: it may be the reason. */
const MODEL_ATTEMPTS = 5;
const ATTEMPT_MS = 60_000;
const PAUSE_MS = 1_000;

/** Answers one request of a job, however long that takes; undefined when the signal ends it before there is a result. */
export async function answerPatiently(
  owner: JobOwner,
  { index, request }: PendingRequest,
  { answer, log }: { answer: AnswerRequest; log: { error(fields: object, message: string): void } },
  signal: AbortSignal,
): Promise<MatchJobResult | undefined> {
  for (let failures = 0; !signal.aborted; ) {
    try {
      const response = await answer(owner, request, { deadline: Date.now() + ATTEMPT_MS, signal });
      return create(MatchJobResultSchema, { index, response });
    } catch (error) {
      if (signal.aborted) break;
      const { reason, message, retryAfterMs } = explain(error, log);
      const isPassing =
        PASSING.has(reason) || (reason === ErrorReason.MODEL_UNAVAILABLE && ++failures < MODEL_ATTEMPTS);
      if (!isPassing) {
        return create(MatchJobResultSchema, { index, errorReason: ErrorReason[reason], errorMessage: message });
      }
      await pause(retryAfterMs ?? PAUSE_MS, signal);
    }
  }
  return undefined;
}

function explain(error: unknown, log: { error(fields: object, message: string): void }): ServiceError {
  if (error instanceof ServiceError) return error;
  log.error({ err: error }, "a request of a match job failed");
  return new ServiceError(ErrorReason.INTERNAL, "The server failed and logged the cause.");
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
