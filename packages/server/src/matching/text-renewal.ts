import type { CatalogStore, MovieToEncode } from "./catalog-store.js";
import type { MovieTexts } from "./movie-texts.js";

/** What a {@link TextRenewal} is made of. */
export interface TextRenewalOptions {
  readonly catalog: CatalogStore;
  readonly modelVersion: string;
  readonly texts: Pick<MovieTexts, "version" | "digestOf">;
  readonly now?: () => number;
}

const MOVIES_PER_STEP = 250;
/** Servers that make texts in different ways would otherwise do nothing else. */
const AGAIN_MS = 60_000;

/**
 * Keeps the digests that are stored of movies' texts in step with how texts are made here, so that after a change of the
 * notes those movies are encoded again whose text is another, and no others.
 */
export class TextRenewal {
  readonly #options: TextRenewalOptions;
  readonly #now: () => number;
  /** When tenants were last gone through because a movie was found whose digest was not of the text that it has here. */
  readonly #againAt = new Map<string, number>();
  readonly #doubted = new Set<string>();

  constructor(options: TextRenewalOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Brings a tenant's digests up to date where they are not; breaks off when it may not go on. */
  async run(tenant: string, mayGoOn: () => boolean): Promise<void> {
    const { catalog, texts } = this.#options;
    const stored = await catalog.textsVersion(tenant);
    if (stored === texts.version && !this.#doubted.has(tenant)) return;
    if (stored === "") await this.#adoptVectors(tenant, mayGoOn);
    let afterId: string | undefined = "";
    while (afterId !== undefined && mayGoOn()) {
      afterId = await catalog.renewTexts(tenant, texts.version, afterId, MOVIES_PER_STEP);
    }
    if (afterId === undefined) this.#doubted.delete(tenant);
  }

  /** Whether the stored digest is of the text that the movie has here. If not, the tenant is soon gone through again. */
  isCurrent(tenant: string, { movie, textDigest }: MovieToEncode): boolean {
    if (this.#options.texts.digestOf(movie) === textDigest) return true;
    const at = this.#now();
    if (at - (this.#againAt.get(tenant) ?? Number.NEGATIVE_INFINITY) >= AGAIN_MS) {
      this.#againAt.set(tenant, at);
      this.#doubted.add(tenant);
    }
    return false;
  }

  /**
   * Takes over what earlier releases stored: they had the version of the notes in that of the model. Vectors of other
   * notes stay where they are, because nobody knows any more which of their texts have changed.
   */
  async #adoptVectors(tenant: string, mayGoOn: () => boolean): Promise<void> {
    const { catalog, modelVersion, texts } = this.#options;
    const former = `${modelVersion}+${texts.version}`;
    const { encodedCount, revision: last } = await catalog.status(tenant, former);
    if (encodedCount === 0) return;
    // What is taken over is written, and comes again beyond the last revision of before.
    for (let after = 0n; after < last && mayGoOn(); ) {
      const { changes, revision } = await catalog.changesAfter(tenant, after, former, MOVIES_PER_STEP);
      const vectors = changes.flatMap(({ movieId, movie, vector }) =>
        movie === undefined || vector === undefined ? [] : [{ movieId, textDigest: texts.digestOf(movie), vector }],
      );
      if (vectors.length > 0) await catalog.storeVectors(tenant, modelVersion, vectors);
      if (changes.length === 0) return;
      after = revision;
    }
  }
}
