import type { Inference } from "../onnx/inference.js";

interface Waiting {
  readonly text: string;
  readonly signal: AbortSignal;
  readonly resolve: (vector: Float32Array) => void;
  readonly reject: (reason: unknown) => void;
}

const MAX_BATCH = 32;

/**
 * Encodes queries. Those that arrive while the model is busy, from whichever job, go through it together: the batch
 * grows with the load and nobody waits for a timer.
 */
export class QueryEncoder {
  readonly #inference: Inference;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(inference: Inference) {
    this.#inference = inference;
  }

  /** A unit vector. Rejects with the signal's reason, or with an InferenceError. */
  encode(text: string, signal: AbortSignal): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, signal, resolve, reject });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    // Requests of the same turn of the event loop join the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH);
      const wanted = batch.filter(({ signal }) => !signal.aborted);
      for (const { signal, reject } of batch) if (signal.aborted) reject(signal.reason);
      try {
        const vectors = await this.#inference.encode(wanted.map(({ text }) => text));
        for (const [index, { resolve }] of wanted.entries()) resolve(vectors[index] as Float32Array);
      } catch (error) {
        for (const { reject } of wanted) reject(error);
      }
    }
    this.#busy = false;
  }
}
