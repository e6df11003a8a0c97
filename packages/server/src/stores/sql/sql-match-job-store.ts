import { fromBinary } from "@bufbuild/protobuf";
import { MatchJobResultSchema } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { JobOwner, MatchJobStore, StoredJobResult } from "../../matching/match-job-store.js";
import { createMatchJob } from "./create-match-job.js";
import { claimJob, pendingRequests, releaseJob, renewLease, storeResults } from "./match-job-leases.js";
import { jobColumns, jobOf, NOW } from "./match-job-row.js";
import type { MatchJobTables } from "./match-job-tables.js";
import { eraseUser, pruneJobs } from "./remove-match-jobs.js";
import { transactOn } from "./transact.js";

/** Match jobs in a database with the tables of `match-job-tables.ts`. */
export function createSqlMatchJobStore(db: Kysely<MatchJobTables>): MatchJobStore {
  const transact = transactOn(db);
  return {
    create: (owner, job) => transact((transaction) => createMatchJob(transaction, owner, job)),
    async get(owner, id) {
      const row = await selectJob(db, owner, id).select(jobColumns).executeTakeFirst();
      return row && jobOf(row);
    },
    async cancel(owner, id) {
      await db
        .updateTable("match_jobs")
        .set({ ended_at: NOW, cancelled: true })
        .where("tenant", "=", owner.tenant)
        .where("subject", "=", owner.subject)
        .where("id", "=", id)
        .where("ended_at", "is", null)
        .execute();
      const row = await selectJob(db, owner, id).select(jobColumns).executeTakeFirst();
      return row && jobOf(row);
    },
    resultsAfter: (owner, id, afterIndex, limit) => resultsAfter(db, owner, id, afterIndex, limit),
    claim: (leaseMs) => claimJob(db, leaseMs),
    pendingRequests: (claim, limit) => pendingRequests(db, claim, limit),
    storeResults: (claim, results, leaseMs) =>
      transact((transaction) => storeResults(transaction, claim, results, leaseMs)),
    renew: (claim, leaseMs) => renewLease(db, claim, leaseMs),
    release: (claim) => releaseJob(db, claim),
    deleteForUser: (tenant, userId) => eraseUser(transact, tenant, userId),
    prune: () => pruneJobs(db),
  };
}

function selectJob(db: Kysely<MatchJobTables>, { tenant, subject }: JobOwner, id: string) {
  return db
    .selectFrom("match_jobs")
    .where("match_jobs.tenant", "=", tenant)
    .where("subject", "=", subject)
    .where("match_jobs.id", "=", id)
    .where("expires_at", ">", NOW);
}

async function resultsAfter(
  db: Kysely<MatchJobTables>,
  owner: JobOwner,
  id: string,
  afterIndex: number,
  limit: number,
): Promise<StoredJobResult[]> {
  const rows = await selectJob(db, owner, id)
    .innerJoin("match_job_requests as r", (join) =>
      join.onRef("r.tenant", "=", "match_jobs.tenant").onRef("r.job_id", "=", "match_jobs.id"),
    )
    .select(["r.read_mask", "r.result"])
    .where("r.index", ">", afterIndex)
    .where(sql<boolean>`(r.result is not null or match_jobs.ended_at is null)`)
    .orderBy("r.index")
    .limit(limit)
    .execute();
  const gap = rows.findIndex(({ result }) => result === null);
  return (gap < 0 ? rows : rows.slice(0, gap)).map(({ read_mask, result }) => ({
    readMask: JSON.parse(read_mask) as string[],
    result: fromBinary(MatchJobResultSchema, result as Uint8Array),
  }));
}
