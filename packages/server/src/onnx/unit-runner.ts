import { InferenceError } from "./inference-error.js";
import type { Unit } from "./inference-protocol.js";
import type { InferenceReply, InferenceWorker } from "./inference-worker.js";
import { type Priority, UnitQueue } from "./unit-queue.js";

/** How a request is to be run. */
export interface InferenceOptions {
  /** `interactive` unless told. */
  readonly priority?: Priority;
  /** Ends the wait at once with the signal's reason; a unit already running is left to finish unheard. */
  readonly signal?: AbortSignal;
}

/** A request cut into units, and what becomes of the answers. */
export interface Job<Result> {
  readonly units: readonly Unit[];
  /** Given each answer, in the order of the units. */
  collect(reply: InferenceReply, unit: number): void;
  /** Read once, after the last answer. */
  result(): Result;
}

/** One caller's job in the queue. */
interface Entry {
  readonly priority: Priority;
  settled: boolean;
  /** Runs the next unit; true when there are more. */
  next(worker: InferenceWorker): Promise<boolean>;
  reject(reason: unknown): void;
}

/** A thread that cannot be started so many times in a row will not start. */
const mostStarts = 3;

/** Runs units one at a time on one thread, and starts another thread when it dies. */
export class UnitRunner {
  readonly #queue = new UnitQueue<Entry>();
  #worker: InferenceWorker | undefined;
  #running = false;
  #closed = false;
  #restart: Promise<void> = Promise.resolve();

  private constructor(private readonly start: () => Promise<InferenceWorker>) {}

  /** @throws {InferenceError} when the first thread does not start. */
  static async create(start: () => Promise<InferenceWorker>): Promise<UnitRunner> {
    const runner = new UnitRunner(start);
    runner.#adopt(await start());
    return runner;
  }

  /** Rejects with `InferenceError`, or with the signal's reason. */
  submit<Result>(job: Job<Result>, { priority = "interactive", signal }: InferenceOptions): Promise<Result> {
    if (this.#closed) return Promise.reject(stopped("closed"));
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (job.units.length === 0) return Promise.resolve(job.result());
    const promise = Promise.withResolvers<Result>();
    let done = 0;
    const settle = (end: () => void) => {
      entry.settled = true;
      signal?.removeEventListener("abort", abort);
      end();
    };
    const entry: Entry = {
      priority,
      settled: false,
      async next(worker) {
        job.collect(await worker.run(job.units[done] as Unit), done);
        done++;
        if (done === job.units.length) settle(() => promise.resolve(job.result()));
        return done < job.units.length;
      },
      reject: (reason) => settle(() => promise.reject(reason)),
    };
    const abort = () => {
      this.#queue.remove(entry);
      entry.reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    this.#queue.push(priority, entry);
    void this.#pump();
    return promise.promise;
  }

  /** Rejects what waits, lets the running unit finish and ends the thread. */
  async close(): Promise<void> {
    this.#stop("closed");
    await this.#worker?.end();
    await this.#restart;
  }

  #adopt(worker: InferenceWorker): void {
    this.#worker = worker;
    void worker.gone.then(() => {
      this.#worker = undefined;
      if (!this.#closed) this.#restart = this.#startAgain();
    });
  }

  async #startAgain(): Promise<void> {
    for (let start = 1; start <= mostStarts && !this.#closed; start++) {
      const worker = await this.start().catch(() => undefined);
      if (worker === undefined) continue;
      if (this.#closed) return worker.end();
      this.#adopt(worker);
      void this.#pump();
      return;
    }
    this.#stop("crashed");
  }

  #stop(fault: "closed" | "crashed"): void {
    this.#closed = true;
    for (const entry of this.#queue.drain()) entry.reject(stopped(fault));
  }

  async #pump(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#worker !== undefined) {
      const entry = this.#queue.shift();
      if (entry === undefined) break;
      try {
        const more = await entry.next(this.#worker);
        if (!more || entry.settled) continue;
        if (this.#closed) entry.reject(stopped("closed"));
        else this.#queue.unshift(entry.priority, entry);
      } catch (error) {
        // Only the request that ran when the thread died may be the cause; the others wait for the next thread.
        entry.reject(error);
        if (error instanceof InferenceError && error.fault === "crashed") this.#worker = undefined;
      }
    }
    this.#running = false;
  }
}

const stopped = (fault: "closed" | "crashed") => new InferenceError(fault, "inference has stopped");
