import type { MatchJobResult } from "@cinedeepmatch/contract";
import type { JobClaim, MatchJobStore } from "./match-job-store.js";

const RESULTS_PER_WRITE = 64;

/** Stores the results of a claimed job, those together that come while the store is busy. */
export class JobResultWriter {
  readonly #jobs: MatchJobStore;
  readonly #claim: JobClaim;
  readonly #leaseMs: number;
  readonly #lost = new AbortController();
  #waiting: MatchJobResult[] = [];
  #writing: Promise<void> | undefined;
  #failure: unknown;

  constructor(jobs: MatchJobStore, claim: JobClaim, leaseMs: number) {
    this.#jobs = jobs;
    this.#claim = claim;
    this.#leaseMs = leaseMs;
  }

  /** Aborted as soon as it is known that nothing more of the job is wanted from here, or can be stored. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  add(result: MatchJobResult): void {
    this.#waiting.push(result);
    this.#write();
  }

  /** Holds the job for longer, while it may have no results for a time. */
  renew(): void {
    this.#write();
  }

  /** Resolves when everything is stored, or nothing more is wanted. Rejects when the store fails. */
  async drained(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #write(): void {
    if (this.#lost.signal.aborted) return;
    this.#writing ??= this.#writeAll()
      .catch((error: unknown) => {
        this.#failure = error;
        this.#lost.abort();
      })
      .finally(() => {
        this.#writing = undefined;
        // Came in the moment between the last write and this.
        if (this.#waiting.length > 0) this.#write();
      });
  }

  async #writeAll(): Promise<void> {
    do {
      const results = this.#waiting.splice(0, RESULTS_PER_WRITE);
      const isOurs =
        results.length === 0
          ? await this.#jobs.renew(this.#claim, this.#leaseMs)
          : await this.#jobs.storeResults(this.#claim, results, this.#leaseMs);
      if (!isOurs) return this.#lost.abort();
    } while (this.#waiting.length > 0);
  }
}
