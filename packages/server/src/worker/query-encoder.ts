import type { Inference } from "../onnx/inference.js";

interface Waiting {
  readonly text: string;
  readonly quick: boolean;
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
  encode(text: string, { quick, signal }: { quick: boolean; signal: AbortSignal }): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, quick, signal, resolve, reject });
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
      // The quick ones wait for no full reading.
      await this.#encode(wanted, true);
      await this.#encode(wanted, false);
    }
    this.#busy = false;
  }

  async #encode(batch: readonly Waiting[], quick: boolean): Promise<void> {
    const group = batch.filter((waiting) => waiting.quick === quick);
    if (group.length === 0) return;
    try {
      const texts = group.map(({ text }) => text);
      const vectors = await this.#inference.encode(texts, { tower: quick ? "quick" : "full" });
      for (const [index, { resolve }] of group.entries()) resolve(vectors[index] as Float32Array);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}
