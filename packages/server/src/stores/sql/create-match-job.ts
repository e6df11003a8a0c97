import { randomUUID } from "node:crypto";
import { toBinary } from "@bufbuild/protobuf";
import { ErrorReason, MatchRequestSchema } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { JobOwner, NewMatchJob, StoredMatchJob } from "../../matching/match-job-store.js";
import { ServiceError } from "../../matching/service-error.js";
import { base64 } from "../base64.js";
import { inSlices } from "../in-slices.js";
import { jobColumns, jobOf, NOW } from "./match-job-row.js";
import type { MatchJobTables } from "./match-job-tables.js";

const REQUESTS_PER_STATEMENT = 500;
/** Jobs of a tenant that go on at once, and jobs that it has at all: what the database must hold stays bounded. */
const MAX_OPEN = 100;
const MAX_STORED = 1_000;
const RETRY_AFTER_MS = 60_000;

/** Stores a job with its requests, or returns the one that it repeats. Call it in a transaction. */
export async function createMatchJob(
  db: Kysely<MatchJobTables>,
  owner: JobOwner,
  job: NewMatchJob,
): Promise<StoredMatchJob> {
  // Of two calls with one request id the second waits for the first here, and then finds its job.
  const row = await insertJob(db, owner, job);
  if (row === undefined) return repeated(db, owner, job);
  await refuseTooMany(db, owner.tenant);
  const rows = job.requests.map((request, index) => ({
    index,
    user_id: request.userId,
    read_mask: JSON.stringify(request.readMask?.paths ?? []),
    request: base64(toBinary(MatchRequestSchema, request)),
  }));
  for (const slice of inSlices(rows, REQUESTS_PER_STATEMENT)) {
    await sql`
      insert into cinedeepmatch.match_job_requests (tenant, job_id, index, user_id, read_mask, request)
      select ${owner.tenant}, ${row.id}, index, user_id, read_mask, decode(request, 'base64')
      from json_to_recordset(${JSON.stringify(slice)}::json) as r (index integer, user_id text, read_mask text, request text)
    `.execute(db);
  }
  return jobOf(row);
}

function insertJob(db: Kysely<MatchJobTables>, { tenant, subject }: JobOwner, job: NewMatchJob) {
  return db
    .insertInto("match_jobs")
    .values({
      tenant,
      subject,
      id: randomUUID(),
      request_id: job.requestId === "" ? null : job.requestId,
      digest: job.digest,
      request_count: job.requests.length,
      created_at: NOW,
      expires_at: sql<bigint>`${NOW} + ${job.keepMs}::bigint`,
    })
    .onConflict((conflict) => conflict.columns(["tenant", "subject", "request_id"]).doNothing())
    .returning(jobColumns)
    .executeTakeFirst();
}

/** One that has expired and waits for its deletion counts as well: its id comes free with that. */
async function repeated(db: Kysely<MatchJobTables>, owner: JobOwner, job: NewMatchJob): Promise<StoredMatchJob> {
  const row = await db
    .selectFrom("match_jobs")
    .select([...jobColumns, "digest"])
    .where("tenant", "=", owner.tenant)
    .where("subject", "=", owner.subject)
    .where("request_id", "=", job.requestId)
    .executeTakeFirstOrThrow();
  if (row.digest === job.digest) return jobOf(row);
  throw new ServiceError(ErrorReason.REQUEST_ID_TAKEN, "The request id was used for a job with other requests.", {
    metadata: { request_id: job.requestId },
  });
}

async function refuseTooMany(db: Kysely<MatchJobTables>, tenant: string): Promise<void> {
  const { open, stored } = await db
    .selectFrom("match_jobs")
    .select(({ fn }) => [
      fn.countAll<bigint>().as("stored"),
      fn.countAll<bigint>().filterWhere("ended_at", "is", null).as("open"),
    ])
    .where("tenant", "=", tenant)
    .executeTakeFirstOrThrow();
  if (open <= MAX_OPEN && stored <= MAX_STORED) return;
  const message =
    open > MAX_OPEN
      ? `The tenant has ${MAX_OPEN} match jobs that have not ended.`
      : `The tenant has ${MAX_STORED} match jobs that have not expired.`;
  throw new ServiceError(ErrorReason.TOO_MANY_JOBS, message, { retryAfterMs: RETRY_AFTER_MS });
}
