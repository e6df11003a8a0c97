import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ErrorReason, MatchJobResultSchema } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import { NOW } from "./match-job-row.js";
import type { MatchJobTables } from "./match-job-tables.js";
import type { Transact } from "./transact.js";

const REQUESTS_PER_STATEMENT = 1_000;
const JOBS_PER_STATEMENT = 20;

/** Replaces what jobs hold of a user, a few requests at a time; returns how many there were. */
export async function eraseUser(transact: Transact<MatchJobTables>, tenant: string, userId: string): Promise<number> {
  for (let erased = 0; ; ) {
    const count = await transact((transaction) => eraseInOneJob(transaction, tenant, userId));
    if (count === 0) return erased;
    erased += count;
  }
}

async function eraseInOneJob(db: Kysely<MatchJobTables>, tenant: string, userId: string): Promise<number> {
  const named = () =>
    db.selectFrom("match_job_requests").where("tenant", "=", tenant).where("user_id", "=", userId).limit(1);
  const found = await named().select("job_id").executeTakeFirst();
  if (found === undefined) return 0;
  const { job_id: jobId } = found;
  // Before its requests, as whoever stores results does.
  await db
    .selectFrom("match_jobs")
    .select("id")
    .where("tenant", "=", tenant)
    .where("id", "=", jobId)
    .forUpdate()
    .execute();
  const rows = await named()
    .select(["index", "result"])
    .where("job_id", "=", jobId)
    .clearLimit()
    .limit(REQUESTS_PER_STATEMENT)
    .execute();
  for (const { index } of rows) await eraseRequest(db, tenant, jobId, index);
  const succeeded = rows.filter(({ result }) => result !== null && isAnswer(result)).length;
  const pending = rows.filter(({ result }) => result === null).length;
  await db
    .updateTable("match_jobs")
    .set(({ eb }) => ({
      succeeded_count: eb("succeeded_count", "-", succeeded),
      failed_count: eb("failed_count", "+", succeeded + pending),
    }))
    .where("tenant", "=", tenant)
    .where("id", "=", jobId)
    .execute();
  return rows.length;
}

async function eraseRequest(db: Kysely<MatchJobTables>, tenant: string, jobId: string, index: number): Promise<void> {
  const errorReason = ErrorReason[ErrorReason.CANCELLED];
  const result = create(MatchJobResultSchema, { index, errorReason, errorMessage: "The user's data was erased." });
  await db
    .updateTable("match_job_requests")
    .set({ user_id: "", request: null, result: toBinary(MatchJobResultSchema, result) })
    .where("tenant", "=", tenant)
    .where("job_id", "=", jobId)
    .where("index", "=", index)
    .execute();
}

function isAnswer(result: Uint8Array): boolean {
  return fromBinary(MatchJobResultSchema, result).errorReason === "";
}

/** Deletes expired jobs; returns how many. A job's requests go first, a few at a time, so that nobody waits for long. */
export async function pruneJobs(db: Kysely<MatchJobTables>): Promise<number> {
  for (let pruned = 0; ; ) {
    const expired = await db
      .selectFrom("match_jobs")
      .select(["tenant", "id"])
      .where("expires_at", "<=", NOW)
      .limit(JOBS_PER_STATEMENT)
      .execute();
    if (expired.length === 0) return pruned;
    for (const { tenant, id } of expired) {
      await deleteRequests(db, tenant, id);
      await db.deleteFrom("match_jobs").where("tenant", "=", tenant).where("id", "=", id).execute();
    }
    pruned += expired.length;
  }
}

async function deleteRequests(db: Kysely<MatchJobTables>, tenant: string, jobId: string): Promise<void> {
  for (;;) {
    const { rows } = await sql`
      delete from cinedeepmatch.match_job_requests where ctid = any(array(
        select ctid from cinedeepmatch.match_job_requests
        where tenant = ${tenant} and job_id = ${jobId} limit ${REQUESTS_PER_STATEMENT}))
      returning 1`.execute(db);
    if (rows.length < REQUESTS_PER_STATEMENT) return;
  }
}
