import { type Generated, type Kysely, sql } from "kysely";

/** The tables of match jobs. Instants are milliseconds since the epoch. */
export interface MatchJobTables {
  match_jobs: MatchJobsTable;
  match_job_requests: MatchJobRequestsTable;
}

interface MatchJobsTable {
  tenant: string;
  id: string;
  subject: string;
  /** Null for none. */
  request_id: string | null;
  digest: string;
  request_count: number;
  succeeded_count: Generated<number>;
  failed_count: Generated<number>;
  created_at: bigint;
  expires_at: bigint;
  /** When it was claimed for the first time. */
  started_at: bigint | null;
  ended_at: bigint | null;
  cancelled: Generated<boolean>;
  /** Who holds it, and until when. */
  lease: Generated<string>;
  lease_until: Generated<bigint>;
  /** When it was claimed last. */
  served_at: Generated<bigint>;
}

interface MatchJobRequestsTable {
  tenant: string;
  job_id: string;
  index: number;
  /** Of the request; empty for none. */
  user_id: string;
  /** A MatchRequest; null once there is a result. */
  request: Uint8Array | null;
  /** Of the request, as a JSON array of paths. */
  read_mask: string;
  /** A MatchJobResult; null while there is none. */
  result: Uint8Array | null;
  created_at: Generated<bigint>;
}

// One to a call: a prepared statement holds one.
const STATEMENTS = [
  `create table cinedeepmatch.match_jobs (
    tenant text not null,
    id text not null,
    subject text not null,
    request_id text,
    digest text not null,
    request_count integer not null,
    succeeded_count integer not null default 0,
    failed_count integer not null default 0,
    created_at bigint not null,
    expires_at bigint not null,
    started_at bigint,
    ended_at bigint,
    cancelled boolean not null default false,
    lease text not null default '',
    lease_until bigint not null default 0,
    served_at bigint not null default 0,
    primary key (tenant, id),
    unique (tenant, subject, request_id)
  )`,
  "create index match_jobs_open on cinedeepmatch.match_jobs (tenant, served_at) where ended_at is null",
  "create index match_jobs_by_expiry on cinedeepmatch.match_jobs (expires_at)",
  `create table cinedeepmatch.match_job_requests (
    tenant text not null,
    job_id text not null,
    index integer not null,
    user_id text not null,
    request bytea,
    read_mask text not null,
    result bytea,
    created_at bigint not null default (extract(epoch from now()) * 1000)::bigint,
    primary key (tenant, job_id, index),
    foreign key (tenant, job_id) references cinedeepmatch.match_jobs (tenant, id) on delete cascade
  )`,
  `create index match_job_requests_pending on cinedeepmatch.match_job_requests (tenant, job_id, index)
    where result is null`,
  `create index match_job_requests_by_user on cinedeepmatch.match_job_requests (tenant, user_id)
    where user_id <> ''`,
];

/** The migration that makes them. */
export async function createMatchJobs(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}
