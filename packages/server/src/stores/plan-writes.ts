import type { Movie } from "@cinedeepmatch/contract";
import { externalIdKey } from "./merge-movies.js";
import { unstorableKey } from "./movie-draft.js";
import { externalIdTaken, keyUnstorable } from "./write-errors.js";

/** One movie's write. */
export interface MovieWrite {
  readonly id: string;
  /** Undefined when the movie is new. */
  readonly before: StoredMovie | undefined;
  /** Undefined when the movie is deleted. */
  readonly after: Movie | undefined;
}

/** A movie as it is stored. */
export interface StoredMovie {
  readonly movie: Movie;
  readonly textDigest: string;
}

/** What is stored of everything that some writes touch. */
export interface WriteContext {
  /** By id. */
  readonly movies: ReadonlyMap<string, StoredMovie>;
  /** The ids of the movies that have these external ids, by `externalIdKey`. */
  readonly owners: ReadonlyMap<string, string>;
}

/**
 * Works out the result of writing movies one after another, so that a store can then write it in one go: however
 * often a movie comes, it is written once.
 */
export class WritePlan {
  readonly #before: ReadonlyMap<string, StoredMovie>;
  readonly #owners: Map<string, string>;
  readonly #after = new Map<string, Movie>();

  constructor(context: WriteContext) {
    this.#before = context.movies;
    this.#owners = new Map(context.owners);
  }

  /** The movie with this id after what has been put so far. */
  get(id: string): Movie | undefined {
    return this.#after.get(id) ?? this.#before.get(id)?.movie;
  }

  /**
   * Writes a movie; see `finishMovie`.
   *
   * @throws ServiceError EXTERNAL_ID_TAKEN or FIELD_INVALID, and then the movie is not part of the plan
   */
  put(movie: Movie): void {
    const field = unstorableKey(movie);
    if (field !== undefined) throw keyUnstorable(field);
    for (const externalId of movie.externalIds) {
      const owner = this.#owners.get(externalIdKey(externalId));
      if (owner !== undefined && owner !== movie.id) throw externalIdTaken(externalIdKey(externalId), owner);
    }
    for (const externalId of this.get(movie.id)?.externalIds ?? []) this.#owners.delete(externalIdKey(externalId));
    for (const externalId of movie.externalIds) this.#owners.set(externalIdKey(externalId), movie.id);
    this.#after.set(movie.id, movie);
  }

  /** What to write. */
  writes(): MovieWrite[] {
    return [...this.#after].map(([id, after]) => ({ id, before: this.#before.get(id), after }));
  }
}
