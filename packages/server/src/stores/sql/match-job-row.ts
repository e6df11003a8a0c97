import { type Selectable, sql } from "kysely";
import type { StoredMatchJob } from "../../matching/match-job-store.js";
import type { MatchJobTables } from "./match-job-tables.js";

/** The database's time, in milliseconds since the epoch. */
export const NOW = sql<bigint>`(extract(epoch from clock_timestamp()) * 1000)::bigint`;

/** What of a job's row its readers see. */
export const jobColumns = [
  "match_jobs.id",
  "request_count",
  "succeeded_count",
  "failed_count",
  "created_at",
  "expires_at",
  "started_at",
  "ended_at",
  "cancelled",
] as const;

type Row = Pick<
  Selectable<MatchJobTables["match_jobs"]>,
  | "id"
  | "request_count"
  | "succeeded_count"
  | "failed_count"
  | "created_at"
  | "expires_at"
  | "started_at"
  | "ended_at"
  | "cancelled"
>;

/** A job from its row. */
export function jobOf(row: Row): StoredMatchJob {
  return {
    id: row.id,
    state: stateOf(row),
    requestCount: row.request_count,
    succeededCount: row.succeeded_count,
    failedCount: row.failed_count,
    createdAt: Number(row.created_at),
    endedAt: row.ended_at === null ? undefined : Number(row.ended_at),
    expiresAt: Number(row.expires_at),
  };
}

function stateOf({ cancelled, ended_at, started_at }: Row): StoredMatchJob["state"] {
  if (cancelled) return "cancelled";
  if (ended_at !== null) return "done";
  return started_at === null ? "queued" : "running";
}
