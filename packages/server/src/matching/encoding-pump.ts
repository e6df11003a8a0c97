import type { Movie } from "@cinedeepmatch/contract";
import type { CatalogStore } from "./catalog-store.js";
import type { MatchQueue } from "./match-queue.js";
import type { EncodeWork } from "./match-work.js";

/** What an {@link EncodingPump} is made of. */
export interface EncodingPumpOptions {
  readonly catalog: CatalogStore;
  readonly queue: MatchQueue;
  readonly tenant: string;
  readonly modelVersion: string;
  /** The text of a movie that the model encodes. */
  readonly textOf: (movie: Movie) => string;
  readonly log: { warn(fields: object, message: string): void };
}

const BATCH_SIZE = 64;
/** Enough to keep a worker busy while the next batch is read. */
const IN_FLIGHT = 2;
const IDLE_MS = 5_000;
const RETRY_MS = 1_000;
const BATCH_TIMEOUT_MS = 5 * 60_000;

/**
 * Has every movie encoded that has no vector of its present text. What remains to be done is always read from the
 * store, so a crash anywhere loses nothing.
 */
export class EncodingPump {
  readonly #options: EncodingPumpOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wake: () => void = () => {};

  /** Begins at once. */
  constructor(options: EncodingPumpOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const stopListening = this.#options.catalog.onWrite(() => this.#wake());
    let backOff = RETRY_MS;
    while (!this.#stop.signal.aborted) {
      try {
        const encoded = await this.#pass();
        backOff = RETRY_MS;
        if (encoded === 0) await this.#sleep(IDLE_MS);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        this.#options.log.warn({ err: error }, "encoding is waiting");
        await this.#sleep(backOff);
        backOff = Math.min(backOff * 2, 30_000);
      }
    }
    stopListening();
  }

  /** Goes once through all movies that wait for a vector; returns how many there were. */
  async #pass(): Promise<number> {
    const { catalog, tenant, modelVersion } = this.#options;
    const inFlight = new Set<Promise<unknown>>();
    let count = 0;
    let afterId = "";
    for (;;) {
      const movies = await catalog.moviesToEncode(tenant, modelVersion, afterId, BATCH_SIZE);
      const last = movies.at(-1);
      if (last === undefined || this.#stop.signal.aborted) break;
      afterId = last.movie.id;
      count += movies.length;
      const texts = movies.map(({ movie, textDigest }) => ({
        movieId: movie.id,
        textDigest,
        text: this.#options.textOf(movie),
      }));
      const batch = this.#encode({ kind: "encode", modelVersion, texts });
      inFlight.add(batch);
      // Both settle the set; a rejection surfaces in the race or at the end.
      batch.then(
        () => inFlight.delete(batch),
        () => {},
      );
      if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight);
    }
    await Promise.all(inFlight);
    return count;
  }

  #encode(work: EncodeWork): Promise<unknown> {
    return this.#options.queue.run(work, {
      lane: "bulk",
      subject: "encoding-pump",
      tenant: this.#options.tenant,
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
