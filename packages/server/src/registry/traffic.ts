import { type ModelRef, modelKey, type TasteOutcome } from "../matching/taste-models.js";

/** How a model fared with the latest matches. */
export interface TrafficSummary {
  readonly matches: number;
  readonly failures: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** As a shadow; 0 where it was none. */
  readonly agreement: number;
}

interface Sample {
  readonly at: number;
  readonly failed: boolean;
  /** Of those that did not fail. */
  readonly ms: number;
  readonly agreement: number | undefined;
}

const MOST_SAMPLES = 1_000;
/** What is older says nothing of now. */
const WINDOW_MS = 10 * 60_000;
/** Stands for likeness of content, which is no registered model. */
const CONTENT = "";

/** Keeps how the models of each tenant fared lately. */
export class Traffic {
  readonly #samples = new Map<string, Sample[]>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Notes how one match went. */
  note(tenant: string, { answered, ms, failed, shadows }: TasteOutcome): void {
    const at = this.#now();
    for (const model of failed) this.#add(tenant, model, { at, failed: true, ms: 0, agreement: undefined });
    if (ms !== undefined) this.#add(tenant, answered, { at, failed: false, ms, agreement: undefined });
    for (const { model, ms: took, agreement } of shadows) {
      this.#add(tenant, model, { at, failed: false, ms: took, agreement });
    }
  }

  /** How a model fared since `since`; of likeness of content when there is no model. */
  summary(tenant: string, model: ModelRef | undefined, since = 0): TrafficSummary {
    const oldest = Math.max(since, this.#now() - WINDOW_MS);
    const samples = (this.#samples.get(keyOf(tenant, model)) ?? []).filter(({ at }) => at >= oldest);
    const times = samples.flatMap(({ failed, ms }) => (failed ? [] : [ms])).sort((a, b) => a - b);
    const agreements = samples.flatMap(({ agreement }) => agreement ?? []);
    return {
      matches: samples.length,
      failures: samples.filter(({ failed }) => failed).length,
      medianMs: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
      agreement: agreements.reduce((sum, value) => sum + value, 0) / (agreements.length || 1),
    };
  }

  #add(tenant: string, model: ModelRef | undefined, sample: Sample): void {
    const key = keyOf(tenant, model);
    const samples = this.#samples.get(key) ?? [];
    // Anew at the end, so that those at the beginning are the ones unused for longest.
    this.#samples.delete(key);
    this.#samples.set(key, samples);
    samples.push(sample);
    if (samples.length > MOST_SAMPLES) samples.splice(0, samples.length - MOST_SAMPLES);
    const [oldest] = this.#samples.keys();
    if (this.#samples.size > MOST_SAMPLES && oldest !== undefined) this.#samples.delete(oldest);
  }
}

function keyOf(tenant: string, model: ModelRef | undefined): string {
  return JSON.stringify([tenant, model === undefined ? CONTENT : modelKey(model)]);
}

/** By nearest rank; 0 of nothing. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
