import { createHash } from "node:crypto";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  CreateMatchJobRequestSchema,
  ErrorReason,
  type MatchJobSchema,
  MatchJobState,
  type MatchRequest,
  type MatchService,
} from "@cinedeepmatch/contract";
import type { ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { MatchJobStore, StoredMatchJob } from "../matching/match-job-store.js";
import { ServiceError } from "../matching/service-error.js";
import { callerOf } from "./call-context.js";
import { watchMatchJob } from "./watch-match-job.js";

type Methods = Pick<
  ServiceImpl<typeof MatchService>,
  "createMatchJob" | "getMatchJob" | "watchMatchJob" | "cancelMatchJob"
>;

/** What match jobs are served from. */
export interface MatchJobPorts {
  readonly catalog: CatalogStore;
  readonly jobs: MatchJobStore;
  /** After how long jobs are deleted. */
  readonly keepJobsMs: number;
  /** Told of every new job. */
  readonly onNewJob: () => void;
}

/** The methods of MatchService that are about jobs. */
export function createMatchJobMethods({ catalog, jobs, keepJobsMs, onNewJob }: MatchJobPorts): Methods {
  return {
    async createMatchJob({ requests, requestId }, context) {
      const job = { requests, requestId, digest: digestOf(requests), keepMs: keepJobsMs };
      const stored = await jobs.create(callerOf(context), job);
      onNewJob();
      return toMatchJob(stored);
    },

    async getMatchJob({ id }, context) {
      return toMatchJob((await jobs.get(callerOf(context), id)) ?? notFound(id));
    },

    async *watchMatchJob({ id, afterIndex }, context) {
      const owner = callerOf(context);
      for await (const update of watchMatchJob({ catalog, jobs }, { owner, id, afterIndex }, context.signal)) {
        if (update === undefined) notFound(id);
        else if ("result" in update) yield { update: { case: "result", value: update.result } };
        else yield { update: { case: "job", value: toMatchJob(update.job) } };
      }
    },

    async cancelMatchJob({ id }, context) {
      return toMatchJob((await jobs.cancel(callerOf(context), id)) ?? notFound(id));
    },
  };
}

const STATES: Readonly<Record<StoredMatchJob["state"], MatchJobState>> = {
  queued: MatchJobState.QUEUED,
  running: MatchJobState.RUNNING,
  done: MatchJobState.DONE,
  cancelled: MatchJobState.CANCELLED,
};

function toMatchJob(job: StoredMatchJob): MessageInitShape<typeof MatchJobSchema> {
  return {
    id: job.id,
    state: STATES[job.state],
    requestCount: job.requestCount,
    succeededCount: job.succeededCount,
    failedCount: job.failedCount,
    createTime: timestampFromMs(job.createdAt),
    ...(job.endedAt !== undefined && { endTime: timestampFromMs(job.endedAt) }),
    expireTime: timestampFromMs(job.expiresAt),
  };
}

function digestOf(requests: MatchRequest[]): string {
  const message = create(CreateMatchJobRequestSchema, { requests });
  return createHash("sha256").update(toBinary(CreateMatchJobRequestSchema, message)).digest("base64url");
}

function notFound(id: string): never {
  throw new ServiceError(ErrorReason.MATCH_JOB_NOT_FOUND, `There is no match job with the id "${id}".`, {
    metadata: { match_job_id: id },
  });
}
