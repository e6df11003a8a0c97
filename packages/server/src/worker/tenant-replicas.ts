import type { WatchCatalogResponse, WorkerService } from "@cinedeepmatch/contract/worker";
import type { Client } from "@connectrpc/connect";
import type { MovieTexts } from "../matching/movie-texts.js";
import { CatalogFeed } from "./catalog-feed.js";
import { CatalogReplica } from "./catalog-replica.js";

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
  /** How many copies to keep at most. 64 by default: each holds a stream, and a connection has 128. */
  readonly most?: number;
}

interface Kept {
  readonly replica: CatalogReplica;
  readonly feed: CatalogFeed;
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
    return this.#kept.get(this.#options.home)?.feed.revision ?? 0n;
  }

  /** How many copies there are. */
  get size(): number {
    return this.#kept.size;
  }

  /** How many movies they hold together. */
  get movieCount(): number {
    return [...this.#kept.values()].reduce((sum, { replica }) => sum + replica.size, 0);
  }

  /** A tenant's copy, once it holds what had been written when it was first asked for. */
  async get(tenant: string, signal?: AbortSignal): Promise<CatalogReplica> {
    const kept = this.#kept.get(tenant) ?? this.#open(tenant);
    kept.usedAt = Date.now();
    await unlessAborted(kept.feed.caughtUp(), signal);
    return kept.replica;
  }

  async close(): Promise<void> {
    const all = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(all.map(({ feed }) => feed.close()));
  }

  #open(tenant: string): Kept {
    const { client, modelVersion, dimension, texts, log } = this.#options;
    this.#makeRoom();
    const replica = new CatalogReplica(dimension, texts);
    const apply = (message: WatchCatalogResponse) => {
      for (const change of message.changes) replica.apply(change);
    };
    const kept = { replica, feed: new CatalogFeed({ client, modelVersion, tenant, apply, log }), usedAt: Date.now() };
    this.#kept.set(tenant, kept);
    return kept;
  }

  /** Gives up the copies that have had no work for a while, and the one that waited longest when there are too many. */
  #makeRoom(): void {
    const others = [...this.#kept].filter(([tenant]) => tenant !== this.#options.home);
    others.sort(([, a], [, b]) => a.usedAt - b.usedAt);
    const tooMany = this.#kept.size + 1 - (this.#options.most ?? MOST);
    const oldest = Date.now() - IDLE_MS;
    others.forEach(([tenant, { feed, usedAt }], index) => {
      if (index >= tooMany && usedAt > oldest) return;
      this.#kept.delete(tenant);
      // Matches that are at it go on with the copy as it is.
      feed.close().catch((error: unknown) => this.#options.log.warn({ err: error }, "a catalogue feed did not close"));
    });
  }
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
