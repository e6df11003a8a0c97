import { type JobLog, type MatchJobWork, runJobSlice } from "./match-job-slice.js";

/** How many slices of jobs a server works on at once. */
const SLICES = 2;
/** How often to look for jobs that other servers have been given, or have left behind. */
const IDLE_MS = 2_000;
const RETRY_MS = 1_000;
const LEASE_MS = 10_000;

/** What a {@link MatchJobRunner} is made of. */
export interface MatchJobRunnerOptions extends MatchJobWork {
  readonly log: JobLog;
}

/**
 * Works on match jobs: takes one that nobody holds, has some of its requests matched, and lets go of it, so that all
 * jobs get on. The store is the only memory of what remains to be done: a server that dies leaves a job that another
 * takes up when the lease is over.
 */
export class MatchJobRunner {
  readonly #options: MatchJobRunnerOptions;
  readonly #stop = new AbortController();
  readonly #sleepers = new Set<() => void>();
  readonly #done: Promise<unknown>;

  /** Begins at once. */
  constructor(options: MatchJobRunnerOptions) {
    this.#options = options;
    this.#done = Promise.all(Array.from({ length: SLICES }, () => this.#run()));
  }

  /** Says that there is a new job. */
  wake(): void {
    for (const wakeUp of this.#sleepers) wakeUp();
  }

  /** Drops what is under way, which is not lost, and resolves when the jobs have been let go of. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { jobs, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      try {
        const claim = await jobs.claim(LEASE_MS);
        if (claim === undefined) await this.#sleep(IDLE_MS);
        else await runJobSlice(claim, { ...this.#options, leaseMs: LEASE_MS }, this.#stop.signal);
      } catch (err) {
        if (this.#stop.signal.aborted) return;
        log.warn({ err }, "match jobs are waiting");
        await this.#sleep(RETRY_MS);
      }
    }
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wakeUp = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wakeUp);
        resolve();
      };
      const timer = setTimeout(wakeUp, ms);
      this.#sleepers.add(wakeUp);
    });
  }
}
