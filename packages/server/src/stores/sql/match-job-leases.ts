import { randomUUID } from "node:crypto";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type MatchJobResult, MatchJobResultSchema, MatchRequestSchema } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { JobClaim, PendingRequest } from "../../matching/match-job-store.js";
import { base64 } from "../base64.js";
import { NOW } from "./match-job-row.js";
import type { MatchJobTables } from "./match-job-tables.js";

/** Takes a job for a while. Of several servers that ask at the same moment, each gets another. */
export async function claimJob(db: Kysely<MatchJobTables>, leaseMs: number): Promise<JobClaim | undefined> {
  const lease = randomUUID();
  const { rows } = await sql<{ tenant: string; subject: string; id: string }>`
    update cinedeepmatch.match_jobs
    set lease = ${lease}, lease_until = ${until(leaseMs)}, started_at = coalesce(started_at, ${NOW}), served_at = ${NOW}
    where (tenant, id) = (
      select j.tenant, j.id from cinedeepmatch.match_jobs j
      where j.ended_at is null and j.lease_until <= ${NOW} and j.expires_at > ${NOW}
      order by (
        select count(*) from cinedeepmatch.match_jobs o
        where o.tenant = j.tenant and o.ended_at is null and o.lease_until > ${NOW}
      ), j.served_at, j.created_at
      limit 1 for update skip locked
    )
    returning tenant, subject, id`.execute(db);
  const [row] = rows;
  return row && { ...row, lease };
}

/** The first requests of a job that have no result. */
export async function pendingRequests(
  db: Kysely<MatchJobTables>,
  { tenant, id }: JobClaim,
  limit: number,
): Promise<PendingRequest[]> {
  const rows = await db
    .selectFrom("match_job_requests")
    .select(["index", "request"])
    .where("tenant", "=", tenant)
    .where("job_id", "=", id)
    .where("result", "is", null)
    .orderBy("index")
    .limit(limit)
    .execute();
  return rows.flatMap(({ index, request }) =>
    request === null ? [] : { index, request: fromBinary(MatchRequestSchema, request) },
  );
}

/** Holds a job for longer; false when it is held by another or has ended. */
export async function renewLease(db: Kysely<MatchJobTables>, claim: JobClaim, leaseMs: number): Promise<boolean> {
  const { numUpdatedRows } = await held(db, claim)
    .set({ lease_until: until(leaseMs) })
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Stores results, each once, and counts them. Call it in a transaction. */
export async function storeResults(
  db: Kysely<MatchJobTables>,
  claim: JobClaim,
  results: readonly MatchJobResult[],
  leaseMs: number,
): Promise<boolean> {
  // Locks the job's row as well: whoever cancels it or claims it comes before all of this or after it.
  if (!(await renewLease(db, claim, leaseMs))) return false;
  const input = results.map((result) => ({
    index: result.index,
    failed: result.errorReason !== "",
    result: base64(toBinary(MatchJobResultSchema, result)),
  }));
  const { rows } = await sql<{ failed: boolean }>`
    update cinedeepmatch.match_job_requests r set result = decode(i.result, 'base64'), request = null
    from json_to_recordset(${JSON.stringify(input)}::json) as i (index integer, failed boolean, result text)
    where r.tenant = ${claim.tenant} and r.job_id = ${claim.id} and r.index = i.index and r.result is null
    returning i.failed`.execute(db);
  const failed = rows.filter((row) => row.failed).length;
  await held(db, claim)
    .set(({ eb }) => ({
      succeeded_count: eb("succeeded_count", "+", rows.length - failed),
      failed_count: eb("failed_count", "+", failed),
    }))
    .execute();
  return true;
}

/** Lets go of a job, which has ended when nothing of it is left to do. */
export async function releaseJob(db: Kysely<MatchJobTables>, claim: JobClaim): Promise<void> {
  await held(db, claim)
    .set({
      lease_until: 0n,
      ended_at: sql<bigint | null>`case when not exists (
        select 1 from cinedeepmatch.match_job_requests r
        where r.tenant = ${claim.tenant} and r.job_id = ${claim.id} and r.result is null
      ) then ${NOW} end`,
    })
    .execute();
}

function held(db: Kysely<MatchJobTables>, { tenant, id, lease }: JobClaim) {
  return db
    .updateTable("match_jobs")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .where("lease", "=", lease)
    .where("ended_at", "is", null);
}

function until(leaseMs: number) {
  return sql<bigint>`${NOW} + ${leaseMs}::bigint`;
}
