import type { Model } from "@cinedeepmatch/contract";
import type { WatchCatalogResponse, WorkerService } from "@cinedeepmatch/contract/worker";
import type { Client } from "@connectrpc/connect";
import type { MovieTexts } from "../matching/movie-texts.js";
import { CatalogFeed } from "./catalog-feed.js";
import { CatalogReplica } from "./catalog-replica.js";
import type { LoadingParts } from "./load-taste-model.js";
import type { TasteModel } from "./taste-model.js";
import { type LoadedStatus, TenantModels } from "./tenant-models.js";

/** What {@link TenantReplicas} are made of. */
export interface TenantReplicasOptions {
  readonly client: Client<typeof WorkerService>;
  readonly modelVersion: string;
  /** The length of the model's vectors. */
  readonly dimension: number;
  /** What is indexed of a movie. */
  readonly texts: MovieTexts;
  /** The tenant whose copy is always kept. */
  readonly home: string;
  readonly log: { warn(fields: object, message: string): void };
  /** Loads a registered model beside a copy; without it, registered models are passed over. */
  readonly loadModel?: ((model: Model, parts: Omit<LoadingParts, "client">) => Promise<TasteModel>) | undefined;
  /** How many copies to keep at most. 64 by default: each holds a stream, and a connection has 128. */
  readonly most?: number;
}

/** A tenant's catalogue, and the models of the tenant that are ready. */
export interface TenantCopy {
  readonly replica: CatalogReplica;
  readonly models: TenantModels;
  /** How far the catalogue has been followed. */
  readonly feed: Pick<CatalogFeed, "position">;
}

interface Kept extends TenantCopy {
  readonly feed: CatalogFeed;
  readonly ready: Promise<void>;
  usedAt: number;
}

const MOST = 64;
const IDLE_MS = 30 * 60_000;

/**
 * A copy of each tenant's catalogue, apart from all others: made for the first work of the tenant, followed from then
 * on, and given up when the tenant has no more work.
 */
export class TenantReplicas {
  readonly #options: TenantReplicasOptions;
  readonly #kept = new Map<string, Kept>();

  constructor(options: TenantReplicasOptions) {
    this.#options = options;
  }

  /** The revision of the home tenant's copy. */
  get homeRevision(): bigint {
    return this.#kept.get(this.#options.home)?.feed.position.revision ?? 0n;
  }

  /** How many copies there are. */
  get size(): number {
    return this.#kept.size;
  }

  /** How many movies they hold together. */
  get movieCount(): number {
    return [...this.#kept.values()].reduce((sum, { replica }) => sum + replica.size, 0);
  }

  /** How the registered models of all tenants are. */
  modelStatus(): (LoadedStatus & { tenant: string })[] {
    return [...this.#kept].flatMap(([tenant, { models }]) => models.status().map((status) => ({ tenant, ...status })));
  }

  /** A tenant's copy, once it holds what had been written when it was first asked for and its models are ready. */
  async get(tenant: string, signal?: AbortSignal): Promise<TenantCopy> {
    const kept = this.#kept.get(tenant) ?? this.#open(tenant);
    kept.usedAt = Date.now();
    await unlessAborted(kept.ready, signal);
    return kept;
  }

  async close(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map(closeKept));
  }

  #open(tenant: string): Kept {
    const { client, modelVersion, dimension, texts, log } = this.#options;
    this.#makeRoom();
    const replica = new CatalogReplica(dimension, texts);
    const load = (model: Model, signal: AbortSignal) =>
      this.#options.loadModel?.(model, { tenant, replica, signal }) ??
      Promise.reject(new Error("no models are loaded"));
    const models = new TenantModels({ load, log });
    let told: readonly Model[] | undefined;
    const apply = (message: WatchCatalogResponse) => {
      for (const change of message.changes) replica.apply(change);
      told = message.models?.models ?? told;
      // A model computes the rows of all movies: there is no use in that while most of them are still to come.
      if (told === undefined || !message.caughtUp) return;
      models.update(told);
      told = undefined;
    };
    const replaced = () => this.#replace(tenant, kept);
    const feed = new CatalogFeed({ client, modelVersion, tenant, apply, replaced, log });
    const ready = feed.caughtUp().then(() => unlessLate(models.settled()));
    const kept: Kept = { replica, models, feed, ready, usedAt: Date.now() };
    this.#kept.set(tenant, kept);
    return kept;
  }

  /** Begins anew: the server has another catalogue than the one that was copied, as after a backup was restored. */
  #replace(tenant: string, kept: Kept): void {
    if (this.#kept.get(tenant) !== kept) return;
    this.#options.log.warn({ tenant }, "the server has another catalogue now, which is copied anew");
    this.#kept.delete(tenant);
    this.#giveUp(kept);
    this.#open(tenant);
  }

  /** Matches that are at it go on with the copy as it is. */
  #giveUp(kept: Kept): void {
    closeKept(kept).catch((error: unknown) => this.#options.log.warn({ err: error }, "a catalogue feed did not close"));
  }

  /** Gives up the copies that have had no work for a while, and the one that waited longest when there are too many. */
  #makeRoom(): void {
    const others = [...this.#kept].filter(([tenant]) => tenant !== this.#options.home);
    others.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    const tooMany = this.#kept.size + 1 - (this.#options.most ?? MOST);
    const oldest = Date.now() - IDLE_MS;
    others.forEach(([tenant, kept], index) => {
      if (index >= tooMany && kept.usedAt > oldest) return;
      this.#kept.delete(tenant);
      this.#giveUp(kept);
    });
  }
}

async function closeKept({ feed, models }: Kept): Promise<void> {
  await feed.close();
  await models.close();
}

/** How long matches wait for a tenant's models when its copy is made; then they go on without them. */
const MODELS_MS = 5_000;

async function unlessLate(promise: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, MODELS_MS);
  await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
