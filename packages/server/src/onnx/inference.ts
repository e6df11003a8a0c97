import type { ScanHits, Unit } from "./inference-protocol.js";
import { type InferenceWorker, startInferenceWorker } from "./inference-worker.js";
import type { ItemMatrix } from "./item-matrix.js";
import { lengthBatches } from "./length-batches.js";
import { PassageMean, splitPassages } from "./passages.js";
import { readThreadSetup } from "./thread-setup.js";
import { type InferenceOptions, UnitRunner } from "./unit-runner.js";

export type { ScanHits } from "./inference-protocol.js";
export type { InferenceOptions } from "./unit-runner.js";

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

/** How texts are to be encoded. */
export interface EncodeOptions extends InferenceOptions {
  /** `full` unless told; `quick` is a table of words, for short texts that somebody waits for. The space is the same. */
  readonly tower?: "full" | "quick";
}

/** Text encoding and vector search, on a thread of its own. */
export interface Inference {
  /** Length of an embedding. */
  readonly dimension: number;
  /**
   * A unit vector for each text, in order. A text of several lines is several passages: each is encoded for itself and
   * the vector is their mean, scaled to unit length. What a passage has beyond 256 tokens is left out.
   *
   * Rejects with `InferenceError`, or with the signal's reason.
   */
  encode(texts: readonly string[], options?: EncodeOptions): Promise<Float32Array[]>;
  /**
   * For each query its best rows, best first; the inner product is the score. Rows that are masked or removed are not
   * found, so there may be fewer than k.
   *
   * Rejects with `InferenceError`, the signal's reason, or `RangeError` for arrays of the wrong length.
   */
  scan(request: ScanRequest, options?: InferenceOptions): Promise<ScanHits[]>;
  /** Rejects what waits, lets the running unit finish and ends the thread. Call it before the process exits. */
  close(): Promise<void>;
}

/** `startWorker` stands between this and the thread; tests watch there. */
export interface InferenceSetup {
  /** CPU threads of one run; 1 unless told. */
  readonly encoderThreads?: number;
  readonly startWorker?: typeof startInferenceWorker;
}

/**
 * Starts inference: loads, verifies and warms the shipped models. A thread that dies is replaced; the request that ran
 * on it rejects as `crashed`, the others wait.
 *
 * @throws {ModelFileError} when a model file is not the shipped one.
 * @throws {InferenceError} when the thread does not start.
 */
export async function startInference({
  encoderThreads = 1,
  startWorker = startInferenceWorker,
}: InferenceSetup = {}): Promise<Inference> {
  const setup = await readThreadSetup(encoderThreads);
  const runner = await UnitRunner.create((): Promise<InferenceWorker> => startWorker(setup));
  return {
    dimension: setup.dimension,
    async encode(texts, { tower = "full", ...options } = {}) {
      const passages = splitPassages(texts);
      const batches = lengthBatches(passages.texts);
      const mean = new PassageMean(passages, setup.dimension);
      return runner.submit(
        {
          units: batches.map(
            (batch): Unit => ({ kind: "encode", tower, texts: batch.map((at) => passages.texts[at] as string) }),
          ),
          collect(reply, unit) {
            if (reply.kind === "encoded") mean.add(batches[unit] as number[], reply.vectors);
          },
          result: () => mean.vectors(),
        },
        options,
      );
    },
    async scan(request, options = {}) {
      const unit = scanUnit(request);
      const batch = request.queries.length / request.matrix.dimension;
      let hits: readonly ScanHits[] = Array.from({ length: batch }, noHits);
      return runner.submit(
        {
          units: unit.count === 0 || batch === 0 || unit.k < 1 ? [] : [unit],
          collect(reply) {
            if (reply.kind === "scanned") hits = reply.hits;
          },
          result: () => [...hits],
        },
        options,
      );
    },
    close: () => runner.close(),
  };
}

function scanUnit({ matrix, queries, mask = null, k }: ScanRequest): Unit & { kind: "scan" } {
  const { count, dimension, items, live } = matrix;
  const batch = queries.length / dimension;
  if (!Number.isInteger(batch)) throw new RangeError("queries are not whole rows");
  if (mask !== null && mask.length !== count && mask.length !== batch * count) {
    throw new RangeError("a mask has one number a row of the matrix, once or for each query");
  }
  return { kind: "scan", items, live, count, dimension, queries, mask, k };
}

const noHits = (): ScanHits => ({ indices: new Int32Array(), values: new Float32Array() });
