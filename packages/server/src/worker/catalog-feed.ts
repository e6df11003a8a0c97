import type { WatchCatalogResponse, WorkerService } from "@cinedeepmatch/contract/worker";
import type { Client } from "@connectrpc/connect";
import type { CatalogPosition } from "../matching/catalog-store.js";

/** What a {@link CatalogFeed} is made of. */
export interface CatalogFeedOptions {
  readonly client: Client<typeof WorkerService>;
  readonly modelVersion: string;
  readonly tenant: string;
  readonly apply: (message: WatchCatalogResponse) => void;
  /** Called once when the catalogue is another than the one that was followed; the feed has ended then. */
  readonly replaced: () => void;
  readonly log: { warn(fields: object, message: string): void };
}

const MAX_BACK_OFF_MS = 5_000;

/** Follows the catalogue for as long as it is open, taking a broken stream up again where it broke. */
export class CatalogFeed {
  readonly #options: CatalogFeedOptions;
  readonly #stop = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #done: Promise<void>;
  #position: CatalogPosition = { catalogId: "", revision: 0n };

  constructor(options: CatalogFeedOptions) {
    this.#options = options;
    this.#done = this.#follow();
  }

  /** What has been applied. */
  get position(): CatalogPosition {
    return this.#position;
  }

  /** Resolves when everything has been applied that was written before the feed was opened. */
  caughtUp(): Promise<void> {
    return this.#caughtUp.promise;
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #follow(): Promise<void> {
    const { client, modelVersion, tenant, apply, replaced, log } = this.#options;
    let backOff = 100;
    while (!this.#stop.signal.aborted) {
      try {
        const { catalogId, revision } = this.#position;
        const request = { afterRevision: revision, modelVersion, tenant, catalogId };
        for await (const message of client.watchCatalog(request, { signal: this.#stop.signal })) {
          const followed = this.#position.catalogId;
          if (followed !== "" && message.catalogId !== followed) return replaced();
          apply(message);
          this.#position = { catalogId: message.catalogId, revision: message.revision };
          if (message.caughtUp) this.#caughtUp.resolve();
          backOff = 100;
        }
      } catch (error) {
        if (!this.#stop.signal.aborted)
          log.warn({ tenant, error: String(error) }, "the catalogue feed broke and is taken up again");
      }
      await new Promise((resolve) => setTimeout(resolve, this.#stop.signal.aborted ? 0 : backOff));
      backOff = Math.min(backOff * 2, MAX_BACK_OFF_MS);
    }
  }
}
