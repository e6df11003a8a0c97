import { type AnswerRequest, answerPatiently } from "./answer-patiently.js";
import { JobResultWriter } from "./job-result-writer.js";
import type { JobClaim, MatchJobStore, PendingRequest } from "./match-job-store.js";

/** What jobs are worked on with. */
export interface MatchJobWork {
  readonly jobs: MatchJobStore;
  /** Has one request matched. */
  readonly answer: AnswerRequest;
}

/** Where failures go that are the server's fault. */
export interface JobLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Few enough that other jobs need not wait long. */
const SLICE = 256;
const AT_ONCE = 32;

/**
 * Has some of a job's requests matched and lets go of the job. Ends early when the job is cancelled or passes to
 * somebody else; what is under way then is dropped.
 *
 * @throws ServiceError when the store fails; what it did not take is done again
 */
export async function runJobSlice(
  claim: JobClaim,
  { jobs, answer, log, leaseMs }: MatchJobWork & { readonly log: JobLog; readonly leaseMs: number },
  stop: AbortSignal,
): Promise<void> {
  const writer = new JobResultWriter(jobs, claim, leaseMs);
  const signal = AbortSignal.any([stop, writer.lost]);
  const keeper = setInterval(() => writer.renew(), leaseMs / 5);
  try {
    const requests = await jobs.pendingRequests(claim, SLICE);
    await eachAtOnce(requests, signal, async (pending) => {
      const result = await answerPatiently(claim, pending, { answer, log }, signal);
      if (result !== undefined) writer.add(result);
    });
    await writer.drained();
  } finally {
    clearInterval(keeper);
    await jobs.release(claim).catch((err: unknown) => log.warn({ err }, "a match job is let go of later"));
  }
}

/** Works on the requests in order, so many at once. */
async function eachAtOnce(
  requests: readonly PendingRequest[],
  signal: AbortSignal,
  work: (request: PendingRequest) => Promise<void>,
): Promise<void> {
  const rest = requests.values();
  const worker = async () => {
    for (const request of rest) {
      if (signal.aborted) return;
      await work(request);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
