import type { CatalogStore, MovieToEncode } from "./catalog-store.js";
import type { MatchQueue } from "./match-queue.js";
import type { EncodeWork } from "./match-work.js";
import type { MovieTexts } from "./movie-texts.js";
import { TextRenewal } from "./text-renewal.js";

/** What an {@link EncodingPump} is made of. */
export interface EncodingPumpOptions {
  readonly catalog: CatalogStore;
  readonly queue: MatchQueue;
  readonly modelVersion: string;
  /** The texts that the model encodes. */
  readonly texts: Pick<MovieTexts, "version" | "digestOf" | "encodingTextOf">;
  /** Whether no other server does the same at this moment; true unless given. */
  readonly mayRun?: () => boolean;
  readonly log: { warn(fields: object, message: string): void };
}

const BATCH_SIZE = 64;
/** Enough to keep a worker busy while the next batch is read. */
const IN_FLIGHT = 2;
const IDLE_MS = 5_000;
/** How often whoever may not run looks whether it may. */
const LOOK_MS = 500;
const RETRY_MS = 1_000;
const BATCH_TIMEOUT_MS = 5 * 60_000;

/**
 * Has every movie encoded that has no vector of its present text. What remains to be done is always read from the
 * store, so a crash anywhere loses nothing.
 */
export class EncodingPump {
  readonly #options: EncodingPumpOptions;
  readonly #renewal: TextRenewal;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wake: () => void = () => {};

  /** Begins at once. */
  constructor(options: EncodingPumpOptions) {
    this.#options = options;
    this.#renewal = new TextRenewal(options);
    this.#done = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    let written = false;
    const stopListening = this.#options.catalog.onWrite(() => {
      // Nobody sleeps during a pass, which may have looked before the write.
      written = true;
      this.#wake();
    });
    let backOff = RETRY_MS;
    while (!this.#stop.signal.aborted) {
      if (!this.#mayRun) {
        await this.#sleep(LOOK_MS);
        continue;
      }
      try {
        written = false;
        const encoded = await this.#pass();
        backOff = RETRY_MS;
        if (encoded === 0 && !written) await this.#sleep(IDLE_MS);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        this.#options.log.warn({ err: error }, "encoding is waiting");
        await this.#sleep(backOff);
        backOff = Math.min(backOff * 2, 30_000);
      }
    }
    stopListening();
  }

  get #mayRun(): boolean {
    return this.#options.mayRun?.() ?? true;
  }

  get #mayGoOn(): boolean {
    return !this.#stop.signal.aborted && this.#mayRun;
  }

  /** Goes once through all movies that wait for a vector, a batch of each tenant in turn; returns how many there were. */
  async #pass(): Promise<number> {
    const { catalog, modelVersion } = this.#options;
    const tenants = await catalog.tenants();
    for (const tenant of tenants) await this.#renewal.run(tenant, () => this.#mayGoOn);
    const positions = new Map(tenants.map((tenant) => [tenant, ""]));
    const inFlight = new Set<Promise<unknown>>();
    let count = 0;
    while (positions.size > 0 && this.#mayGoOn) {
      for (const [tenant, afterId] of positions) {
        const movies = await catalog.moviesToEncode(tenant, modelVersion, afterId, BATCH_SIZE);
        const last = movies.at(-1);
        if (last === undefined || this.#stop.signal.aborted) {
          positions.delete(tenant);
          continue;
        }
        positions.set(tenant, last.movie.id);
        const current = movies.filter((movie) => this.#renewal.isCurrent(tenant, movie));
        if (current.length === 0) continue;
        count += current.length;
        const batch = this.#encode(tenant, current);
        inFlight.add(batch);
        // Both settle the set; a rejection surfaces in the race or at the end.
        batch.then(
          () => inFlight.delete(batch),
          () => {},
        );
        if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
      }
    }
    await Promise.all(inFlight);
    return count;
  }

  #encode(tenant: string, movies: readonly MovieToEncode[]): Promise<unknown> {
    const { modelVersion, texts, queue } = this.#options;
    const work: EncodeWork = {
      kind: "encode",
      modelVersion,
      texts: movies.map(({ movie, textDigest }) => ({
        movieId: movie.id,
        textDigest,
        text: texts.encodingTextOf(movie),
      })),
    };
    return queue.run(work, {
      lane: "bulk",
      subject: "encoding-pump",
      tenant,
      scope: "worker",
      deadline: Date.now() + BATCH_TIMEOUT_MS,
      signal: this.#stop.signal,
    });
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
