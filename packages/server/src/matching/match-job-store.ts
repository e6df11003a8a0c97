import type { MatchJobResult, MatchRequest } from "@cinedeepmatch/contract";

/**
 * Keeps match jobs, their requests and their results. Each adapter passes the same suite of tests,
 * `stores/match-job-store.suite.ts`. What was acknowledged is safe on disk. Time is the store's, so that servers whose
 * clocks differ agree on who holds a job.
 */
export interface MatchJobStore {
  /**
   * Stores a job, or returns the one that this owner has stored with this request id and digest before.
   * REQUEST_ID_TAKEN when the digest is another; TOO_MANY_JOBS when the tenant has too many.
   */
  create(owner: JobOwner, job: NewMatchJob): Promise<StoredMatchJob>;

  /** A job of this owner's; undefined when there is none. */
  get(owner: JobOwner, id: string): Promise<StoredMatchJob | undefined>;

  /** Ends a job that goes on; what is under way is not stored any more. Undefined when this owner has no such job. */
  cancel(owner: JobOwner, id: string): Promise<StoredMatchJob | undefined>;

  /**
   * A job's results after an index, in order. While the job goes on, only those before the first request that has no
   * result yet, so that whoever reads on after the last one misses none.
   */
  resultsAfter(owner: JobOwner, id: string, afterIndex: number, limit: number): Promise<StoredJobResult[]>;

  /**
   * Takes a job that goes on and that nobody holds, for a while: tenants in turn, and within a tenant the job that
   * has waited longest. Undefined when there is none.
   */
  claim(leaseMs: number): Promise<JobClaim | undefined>;

  /** The first requests of a claimed job that have no result. */
  pendingRequests(claim: JobClaim, limit: number): Promise<PendingRequest[]>;

  /**
   * Stores results in the place of their requests, and holds the job for longer. A result that is there stays. False, and nothing is stored,
   * when the claim has passed to somebody else or the job has ended.
   */
  storeResults(claim: JobClaim, results: readonly MatchJobResult[], leaseMs: number): Promise<boolean>;

  /** Holds a job for longer; false when the claim has passed to somebody else or the job has ended. */
  renew(claim: JobClaim, leaseMs: number): Promise<boolean>;

  /** Lets go of a job, which ends when every request has a result. */
  release(claim: JobClaim): Promise<void>;

  /**
   * Erases what jobs hold of a user: every request that names them as `user_id`, and its result, whoever owns the job.
   * In their place stands a failure with the reason CANCELLED, so that the jobs' other results keep their index.
   * Whoever erases a user calls it; calling it again is harmless.
   *
   * @returns how many requests there were
   */
  deleteForUser(tenant: string, userId: string): Promise<number>;

  /** Deletes expired jobs, which nobody can read any more; returns how many. */
  prune(): Promise<number>;
}

/** Whose jobs: the subject of a token. */
export interface JobOwner {
  readonly tenant: string;
  readonly subject: string;
}

/** A job to store. */
export interface NewMatchJob {
  readonly requests: readonly MatchRequest[];
  /** Empty for none. */
  readonly requestId: string;
  /** Of the requests, to tell a repeated call from another with the same request id. */
  readonly digest: string;
  /** After how long the job is deleted. */
  readonly keepMs: number;
}

/** A job as it is. Instants are milliseconds since the epoch. */
export interface StoredMatchJob {
  readonly id: string;
  readonly state: "queued" | "running" | "done" | "cancelled";
  readonly requestCount: number;
  readonly succeededCount: number;
  readonly failedCount: number;
  readonly createdAt: number;
  readonly endedAt: number | undefined;
  readonly expiresAt: number;
}

/** A result, whose movies have only their id, and the paths of the mask for the rest. */
export interface StoredJobResult {
  readonly readMask: readonly string[];
  readonly result: MatchJobResult;
}

/** The right to work on a job for a while. */
export interface JobClaim extends JobOwner {
  readonly id: string;
  /** Different each time. */
  readonly lease: string;
}

/** A request without a result. */
export interface PendingRequest {
  /** Its place in the job, from 0. */
  readonly index: number;
  readonly request: MatchRequest;
}
