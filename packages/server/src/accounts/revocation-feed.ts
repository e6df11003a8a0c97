import type { AccountStore } from "./account-store.js";
import type { RevocationList } from "./revocation-list.js";

/** What a {@link RevocationFeed} is made of. */
export interface RevocationFeedOptions {
  readonly store: AccountStore;
  readonly list: RevocationList;
  readonly log: { warn(fields: object, message: string): void };
  /** The clock, in milliseconds since the epoch. Defaults to `Date.now`. */
  readonly now?: () => number;
}

/** With the time that reading takes, what another process has revoked is refused here within two seconds. */
const EVERY_MS = 1_500;
const PER_READ = 1_000;

/** Keeps a {@link RevocationList} up to date with the store, which several servers may share. */
export class RevocationFeed {
  readonly #options: RevocationFeedOptions;
  readonly #timer: NodeJS.Timeout;
  #revision = 0n;
  #last: Promise<void> = Promise.resolve();

  private constructor(options: RevocationFeedOptions) {
    this.#options = options;
    this.#timer = setInterval(() => {
      this.refresh().catch((error: unknown) => options.log.warn({ err: error }, "revocations cannot be read"));
    }, EVERY_MS);
  }

  /** Opens a feed; resolves once the list holds everything that is revoked now. */
  static async open(options: RevocationFeedOptions): Promise<RevocationFeed> {
    const feed = new RevocationFeed(options);
    try {
      await feed.refresh();
      return feed;
    } catch (error) {
      await feed.close();
      throw error;
    }
  }

  /** Brings the list up to date with everything that was revoked before this call. */
  refresh(): Promise<void> {
    // In turn: a read that is under way may have begun before the write that the caller wants to see.
    const next = this.#last.then(() => this.#read());
    this.#last = next.catch(() => {});
    return next;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#last;
  }

  async #read(): Promise<void> {
    const { store, list, now = Date.now } = this.#options;
    const at = now();
    for (;;) {
      const found = await store.revocationsAfter(this.#revision, PER_READ);
      list.apply(found);
      this.#revision = found.at(-1)?.revision ?? this.#revision;
      if (found.length < PER_READ) break;
    }
    list.upToDate(at);
  }
}
