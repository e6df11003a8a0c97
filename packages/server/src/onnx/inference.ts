import { InferenceError } from "./inference-error.js";
import type { ScanHits, Unit } from "./inference-protocol.js";
import { type InferenceWorker, startInferenceWorker } from "./inference-worker.js";
import type { ItemMatrix } from "./item-matrix.js";
import { lengthBatches } from "./length-batches.js";
import { PassageMean, splitPassages } from "./passages.js";
import { readThreadSetup } from "./thread-setup.js";
import { type Priority, UnitQueue } from "./unit-queue.js";

/** How a request is to be run. */
export interface InferenceOptions {
  /** `interactive` unless told. */
  readonly priority?: Priority;
  /** Ends the wait at once with the signal's reason; a unit already running is left to finish unheard. */
  readonly signal?: AbortSignal;
}

/** An exact top-k search. */
export interface ScanRequest {
  readonly matrix: ItemMatrix;
  /** B × dimension. */
  readonly queries: Float32Array;
  /** Added to the scores (-Infinity excludes): B × matrix.count, or matrix.count for all queries alike, or nothing. */
  readonly mask?: Float32Array | null;
  /** Hits a query; capped at the number of rows. */
  readonly k: number;
}

/** Text encoding and vector search, on a thread of its own. Every method rejects with `InferenceError`. */
export interface Inference {
  /** Length of an embedding. */
  readonly dimension: number;
  /**
   * A unit vector for each text, in order. A text of several lines is several passages: each is encoded for itself and
   * the vector is their mean, scaled to unit length. What a passage has beyond 256 tokens is left out.
   */
  encode(texts: readonly string[], options?: InferenceOptions): Promise<Float32Array[]>;
  /** For each query its best rows, best first; the inner product is the score. Removed rows are not found. */
  scan(request: ScanRequest, options?: InferenceOptions): Promise<ScanHits[]>;
  /** Rejects what waits and ends the thread. */
  close(): Promise<void>;
}

/** One caller's request: the units still to run, and where the answers go. */
interface Request {
  readonly priority: Priority;
  /** Runs the next unit; true when there are more. */
  next(worker: InferenceWorker): Promise<boolean>;
  reject(reason: unknown): void;
  settled: boolean;
}

/** A thread that cannot be started so many times in a row will not start. */
const mostStarts = 3;

/**
 * Starts inference: loads, verifies and warms the shipped models.
 *
 * @param encoderThreads - CPU threads of one run; 1 unless told.
 * @throws {ModelFileError} when a model file is not the shipped one.
 * @throws {InferenceError} when the thread does not start.
 */
export async function startInference({ encoderThreads = 1 }: { encoderThreads?: number } = {}): Promise<Inference> {
  const setup = await readThreadSetup(encoderThreads);
  const queue = new UnitQueue<Request>();
  let worker: InferenceWorker | undefined = await startInferenceWorker(setup);
  let running = false;
  let closed = false;

  function watch(current: InferenceWorker): void {
    void current.gone.then(async () => {
      worker = undefined;
      for (let start = 1; !closed && worker === undefined && start <= mostStarts; start++) {
        worker = await startInferenceWorker(setup).catch(() => undefined);
      }
      if (worker === undefined) return stop(new InferenceError(closed ? "closed" : "crashed", "inference has stopped"));
      if (closed) return worker.end();
      watch(worker);
      void pump();
    });
  }

  function stop(reason: InferenceError): void {
    closed = true;
    for (const request of queue.drain()) request.reject(reason);
  }

  /** Runs units, one at a time, until none waits or the thread is gone. */
  async function pump(): Promise<void> {
    if (running) return;
    running = true;
    try {
      for (let request = worker && queue.shift(); request; request = worker && queue.shift()) {
        try {
          const more = await request.next(worker as InferenceWorker);
          if (more && !request.settled) queue.unshift(request.priority, request);
        } catch (error) {
          request.reject(error);
          // Others wait for the new thread: only the request that ran when it died may be the cause.
          if (error instanceof InferenceError && error.fault === "crashed") worker = undefined;
        }
      }
    } finally {
      running = false;
    }
  }

  /** Queues units; `collect` is given each answer, and `result` is read after the last. */
  function submit<Result>(
    units: Unit[],
    { priority = "interactive", signal }: InferenceOptions,
    collect: (reply: Awaited<ReturnType<InferenceWorker["run"]>>, unit: number) => void,
    result: () => Result,
  ): Promise<Result> {
    if (closed) return Promise.reject(new InferenceError("closed", "inference has stopped"));
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (units.length === 0) return Promise.resolve(result());
    const promise = Promise.withResolvers<Result>();
    let done = 0;
    const settle = (end: () => void) => {
      request.settled = true;
      signal?.removeEventListener("abort", abort);
      end();
    };
    const request: Request = {
      priority,
      settled: false,
      async next(current) {
        collect(await current.run(units[done] as Unit), done);
        done++;
        if (done === units.length) settle(() => promise.resolve(result()));
        return done < units.length;
      },
      reject: (reason) => settle(() => promise.reject(reason)),
    };
    const abort = () => {
      queue.remove(request);
      request.reject(signal?.reason);
    };
    signal?.addEventListener("abort", abort, { once: true });
    queue.push(priority, request);
    void pump();
    return promise.promise;
  }

  watch(worker);
  return {
    dimension: setup.dimension,
    encode(texts, options = {}) {
      const passages = splitPassages(texts);
      const batches = lengthBatches(passages.texts);
      const text = (at: number) => passages.texts[at] as string;
      const units = batches.map((batch): Unit => ({ kind: "encode", texts: batch.map(text) }));
      const mean = new PassageMean(passages, setup.dimension);
      return submit(
        units,
        options,
        (reply, unit) => {
          if (reply.kind === "encoded") mean.add(batches[unit] as number[], reply.vectors);
        },
        () => mean.vectors(),
      );
    },
    scan({ matrix, queries, mask = null, k }, options = {}) {
      const { count, dimension } = matrix;
      const batch = queries.length / dimension;
      if (!Number.isInteger(batch)) return Promise.reject(new RangeError("queries are not whole rows"));
      if (mask !== null && mask.length !== count && mask.length !== batch * count) {
        return Promise.reject(new RangeError("a mask has one number a row of the matrix, once or for each query"));
      }
      const none = () => ({ indices: new Int32Array(), values: new Float32Array() });
      let hits: readonly ScanHits[] = Array.from({ length: batch }, none);
      const { items, live } = matrix;
      const unit: Unit = { kind: "scan", items, live, count, dimension, queries, mask, k };
      return submit(
        count === 0 || batch === 0 || k < 1 ? [] : [unit],
        options,
        (reply) => {
          if (reply.kind === "scanned") hits = reply.hits;
        },
        () => [...hits],
      );
    },
    async close() {
      stop(new InferenceError("closed", "inference has stopped"));
      const current = worker;
      await current?.end();
    },
  };
}
