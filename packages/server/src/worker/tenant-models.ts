import { type Model, ModelState } from "@cinedeepmatch/contract";
import { type ModelRef, modelKey, type ShadowOutcome } from "../matching/taste-models.js";
import type { TasteModel } from "./taste-model.js";

/** What {@link TenantModels} are made of. */
export interface TenantModelsOptions {
  readonly load: (model: Model, signal: AbortSignal) => Promise<TasteModel>;
  readonly log: { warn(fields: object, message: string): void };
}

/** A model that could be loaded, or why it could not. */
export interface LoadedStatus extends ModelRef {
  /** Empty when it is ready. */
  readonly failure: string;
}

/** Shadows that nobody has asked after beyond these are forgotten. */
const MOST_SHADOWS = 100;

/**
 * The registered models of one tenant that this worker has ready. A model takes the place of another only once it is
 * loaded, tried and knows every movie; until then the one before goes on.
 */
export class TenantModels {
  readonly #options: TenantModelsOptions;
  readonly #stop = new AbortController();
  readonly #loaded = new Map<string, TasteModel>();
  readonly #failures = new Map<string, LoadedStatus>();
  /** Of which files the models are that were loaded, or could not be. */
  readonly #contents = new Map<string, string>();
  #active: TasteModel | undefined;
  #wanted: readonly Model[] = [];
  #settling: Promise<void> = Promise.resolve();
  #shadows: ShadowOutcome[] = [];

  constructor(options: TenantModelsOptions) {
    this.#options = options;
  }

  /** Takes note of what is to be ready, and sees to it. */
  update(models: readonly Model[]): void {
    this.#wanted = models;
    this.#settling = this.#settling.then(() => this.#settle());
  }

  /** Resolves when everything that was to be ready is, or has failed. */
  settled(): Promise<void> {
    return this.#settling;
  }

  /**
   * The model that a ticket is meant for or, while it is not ready, the one that answered before; undefined for likeness
   * of content.
   */
  find(ref: ModelRef | undefined): TasteModel | undefined {
    return ref && (this.#loaded.get(modelKey(ref)) ?? this.#active);
  }

  /** A model only if it is ready itself. */
  exactly(ref: ModelRef | undefined): TasteModel | undefined {
    return ref && this.#loaded.get(modelKey(ref));
  }

  /** How the models are. */
  status(): LoadedStatus[] {
    return [...[...this.#loaded.values()].map(({ ref }) => ({ ...ref, failure: "" })), ...this.#failures.values()];
  }

  /** Keeps how a shadow fared until somebody asks. */
  noteShadow(outcome: ShadowOutcome): void {
    this.#shadows = [...this.#shadows, outcome].slice(-MOST_SHADOWS);
  }

  /** How shadows fared since this was last asked. */
  takeShadows(): ShadowOutcome[] {
    return this.#shadows.splice(0);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#settling;
    this.#active = undefined;
    const all = [...this.#loaded.values()];
    this.#loaded.clear();
    await Promise.all(all.map((model) => model.close()));
  }

  /** Never rejects. */
  async #settle(): Promise<void> {
    const wanted = new Map(this.#wanted.map((model) => [modelKey(model), model]));
    for (const key of this.#failures.keys()) if (!wanted.has(key)) this.#forget(key);
    for (const [key, model] of wanted) {
      if (this.#stop.signal.aborted) return;
      if (this.#contents.get(key) !== contentOf(model)) await this.#load(key, model);
    }
    const active = this.#wanted.find(({ state }) => state === ModelState.ACTIVE);
    const next = active && this.#loaded.get(modelKey(active));
    // One that failed does not take the place of one that works.
    if (active === undefined || next !== undefined) this.#active = next;
    for (const [key, model] of this.#loaded) {
      if (wanted.has(key) || model === this.#active) continue;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    const model = this.#loaded.get(key);
    this.#loaded.delete(key);
    this.#failures.delete(key);
    this.#contents.delete(key);
    // What is being ranked with it is finished first.
    model?.close().catch((err: unknown) => this.#options.log.warn({ model: key, err }, "a model did not close"));
  }

  async #load(key: string, model: Model): Promise<void> {
    // After a backup was restored there may be another one of this name and version.
    if (this.#loaded.get(key) === this.#active) this.#active = undefined;
    this.#forget(key);
    this.#contents.set(key, contentOf(model));
    try {
      this.#loaded.set(key, await this.#options.load(model, this.#stop.signal));
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const failure = (error instanceof Error ? error.message : String(error)).slice(0, 1_000);
      const { name, version } = model;
      this.#failures.set(key, { name, version, failure: failure || "it cannot be loaded" });
      this.#options.log.warn({ model: key, failure }, "a model could not be loaded");
    }
  }
}

function contentOf({ files }: Model): string {
  return files.map(({ name, sha256 }) => `${name} ${sha256}`).join("\n");
}
