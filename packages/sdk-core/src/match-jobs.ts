import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  type CancelMatchJobRequestSchema,
  type CreateMatchJobRequestSchema,
  type GetMatchJobRequestSchema,
  type MatchJob,
  MatchService,
  type WatchMatchJobRequestSchema,
  type WatchMatchJobResponse,
} from "./api.js";
import type { CallOptions } from "./call-options.js";
import type { Caller } from "./caller.js";
import { randomId } from "./random-id.js";
import { watchMatchJob } from "./watch-match-job.js";

/** Matches many requests in the background. */
export interface MatchJobsClient {
  /**
   * Starts a job of up to 10,000 requests. Without a `requestId` the call gets one before its first attempt, so that a
   * retry does not start a second job.
   */
  create(request: MessageInitShape<typeof CreateMatchJobRequestSchema>, options?: CallOptions): Promise<MatchJob>;

  /** Returns a job and its progress. */
  get(request: MessageInitShape<typeof GetMatchJobRequestSchema>, options?: CallOptions): Promise<MatchJob>;

  /**
   * Streams a job's progress and results until it ends. A stream that breaks is opened again after the last result, so
   * that each comes once; when the server stays away for longer, the error comes through, and `afterIndex` goes on.
   *
   * @example
   * ```ts
   * for await (const { update } of client.matchJobs.watch({ id: job.id })) {
   *   if (update.case === "result") console.log(update.value.index, update.value.response?.results);
   * }
   * ```
   */
  watch(
    request: MessageInitShape<typeof WatchMatchJobRequestSchema>,
    options?: CallOptions,
  ): AsyncIterable<WatchMatchJobResponse>;

  /** Cancels a job. What has been matched stays readable. */
  cancel(request: MessageInitShape<typeof CancelMatchJobRequestSchema>, options?: CallOptions): Promise<MatchJob>;
}

/** Makes the calls of MatchService that are about jobs. */
export function matchJobsClient(caller: Caller): MatchJobsClient {
  const rpc = MatchService.method;
  return {
    create: (request, options) =>
      caller.unary(rpc.createMatchJob, request.requestId ? request : { ...request, requestId: randomId() }, options),
    get: (request, options) => caller.unary(rpc.getMatchJob, request, options),
    watch: (request, options) => watchMatchJob(caller, request, options),
    cancel: (request, options) => caller.unary(rpc.cancelMatchJob, request, options),
  };
}
