import type { ImportMode, Movie, MovieFilter, MovieOrder, Person, PersonCredit } from "@cinedeepmatch/contract";

/**
 * Keeps movies, the people in their credits and the movies' vectors. Each adapter passes the same suite of tests,
 * `stores/catalog-store.suite.ts`.
 *
 * Every write is atomic, is safe on disk when its promise resolves, and gets a revision larger than every revision
 * that a reader has seen, so that `changesAfter` never misses one. Failures are ServiceErrors.
 */
export interface CatalogStore {
  /** The movies with these ids; ids that no movie has are absent. */
  getMovies(tenant: string, ids: readonly string[]): Promise<Map<string, Movie>>;

  /** Of these ids, those that no movie has. */
  missingIds(tenant: string, ids: readonly string[]): Promise<string[]>;

  /** The movie that has this id in another system. */
  findByExternalId(tenant: string, source: string, value: string): Promise<Movie | undefined>;

  /** A page of movies in a stable order. */
  listMovies(tenant: string, query: MovieListQuery): Promise<Page<Movie>>;

  /** Creates a movie that has its id. MOVIE_EXISTS or EXTERNAL_ID_TAKEN. */
  createMovie(tenant: string, movie: Movie): Promise<Movie>;

  /**
   * Reads a movie, lets `change` make the new one of it (or throw) and writes that, with nothing in between.
   * `current` is undefined when there is no such movie.
   */
  updateMovie(tenant: string, id: string, change: (current: Movie | undefined) => Movie): Promise<Movie>;

  /** Deletes a movie; false when there is none. ETAG_MISMATCH when `etag` is not empty and not the movie's. */
  deleteMovie(tenant: string, id: string, etag: string): Promise<boolean>;

  /** Creates or replaces movies, all or none. EXTERNAL_ID_TAKEN. */
  upsertMovies(tenant: string, movies: readonly Movie[]): Promise<{ createdCount: number }>;

  /**
   * Creates or replaces movies with the etags and times that they come with, all or none. EXTERNAL_ID_TAKEN.
   *
   * @param digests those of the texts that were encoded of the movies, by id; `textsVersion` is not known afterwards
   */
  restoreMovies(tenant: string, movies: readonly Movie[], digests?: ReadonlyMap<string, string>): Promise<void>;

  /** Deletes movies, all or none; ids that no movie has are passed over. */
  deleteMovies(tenant: string, ids: readonly string[]): Promise<void>;

  /**
   * Writes one batch of an import together with the import's position. Rows up to the committed one are ignored, so
   * that a repeated batch changes nothing. A row whose external id belongs to another movie is rejected; the others
   * are written.
   */
  importBatch(tenant: string, batch: StoreImportBatch): Promise<StoredImportBatch>;

  /** How far an import is; undefined when it never began. */
  getImport(tenant: string, importId: string): Promise<ImportProgress | undefined>;

  /**
   * What was written after a revision, oldest first: each movie at most once, as it is now. `revision` is the last
   * one covered; equal to `afterRevision` when there is nothing new.
   */
  changesAfter(tenant: string, afterRevision: bigint, modelVersion: string, limit: number): Promise<StoredChanges>;

  /** Calls `listener` soon after each write. A hint, not a promise: callers look themselves from time to time. */
  onWrite(listener: () => void): () => void;

  /** Movies whose vector for this model is missing or of an older text, in order of id, after `afterId`. */
  moviesToEncode(tenant: string, modelVersion: string, afterId: string, limit: number): Promise<MovieToEncode[]>;

  /** Stores vectors whose `textDigest` is still the movie's; returns how many. */
  storeVectors(tenant: string, modelVersion: string, vectors: readonly StoredVector[]): Promise<number>;

  /** How movies' texts were made when all their digests were last brought up to date; empty when nobody knows. */
  textsVersion(tenant: string): Promise<string>;

  /**
   * Brings the digests of some movies' texts up to date, in order of id after `afterId`, when texts are made in another
   * way than they were. A movie whose text is another one now loses its vectors. After the last movie this is noted as
   * the `version` of all texts.
   *
   * @returns the id to go on after; undefined when there are no more movies
   */
  renewTexts(tenant: string, version: string, afterId: string, limit: number): Promise<string | undefined>;

  /** The tenants that have movies. */
  tenants(): Promise<string[]>;

  /** Which catalogue a tenant has, and where `changesAfter` ends. */
  position(tenant: string): Promise<CatalogPosition>;

  /** Counts for CatalogStatus. */
  status(tenant: string, modelVersion: string): Promise<StoredCatalogStatus>;

  /** The people with these ids; ids that no person has are absent. */
  getPeople(tenant: string, ids: readonly string[]): Promise<Map<string, Person>>;

  /** A page of people, those with the most credits first. */
  listPeople(tenant: string, query: PersonListQuery): Promise<Page<Person>>;

  /** A page of a person's credits, newest movie first. */
  listPersonCredits(tenant: string, personId: string, query: CursorQuery): Promise<Page<PersonCredit>>;
}

/** Where a page begins and how long it is. */
export interface CursorQuery {
  /** The previous page's `nextCursor`; opaque to everybody but the adapter. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** Part of a list. */
export interface Page<T> {
  readonly items: T[];
  /** Undefined on the last page. */
  readonly nextCursor: string | undefined;
}

/** Which movies to list; see ListMoviesRequest. */
export interface MovieListQuery extends CursorQuery {
  readonly filter: MovieFilter | undefined;
  readonly titleQuery: string;
  readonly order: MovieOrder;
}

/** Which people to list; see ListPeopleRequest. */
export interface PersonListQuery extends CursorQuery {
  readonly nameQuery: string;
}

/** A batch of an import, its rows checked. */
export interface StoreImportBatch {
  readonly importId: string;
  readonly mode: ImportMode;
  /** The last row covered, rejected and skipped rows included. */
  readonly lastRow: number;
  readonly rows: readonly { readonly row: number; readonly movie: Movie }[];
  /** How many rows of this batch were rejected before it came here. */
  readonly rejectedCount: number;
}

/** How far an import is. */
export interface ImportProgress {
  readonly committedRow: number;
  readonly createdCount: number;
  readonly updatedCount: number;
  readonly rejectedCount: number;
}

/** A written batch. */
export interface StoredImportBatch extends ImportProgress {
  readonly rejections: { readonly row: number; readonly message: string }[];
}

/** Writes since a revision. */
export interface StoredChanges {
  readonly changes: StoredChange[];
  readonly revision: bigint;
}

/** One movie as it is now. */
export interface StoredChange {
  readonly movieId: string;
  /** Undefined when the movie was deleted. */
  readonly movie: Movie | undefined;
  /** The digest of the movie's text. */
  readonly textDigest?: string | undefined;
  /** Little-endian float32; undefined while the movie's text has not been encoded. */
  readonly vector: Uint8Array | undefined;
}

/** A movie whose text needs encoding. */
export interface MovieToEncode {
  readonly movie: Movie;
  /** The digest of the movie's text, to be sent back with the vector. */
  readonly textDigest: string;
}

/** A vector to store. */
export interface StoredVector {
  readonly movieId: string;
  readonly textDigest: string;
  /** Little-endian float32. */
  readonly vector: Uint8Array;
}

/** How far a catalogue is. */
export interface CatalogPosition {
  /** Tells the catalogue from others, of which the same revisions mean something else; empty before the first write. */
  readonly catalogId: string;
  /** The revision of the last write, or of the last one that was followed; 0 before the first. */
  readonly revision: bigint;
}

/** Counts of the catalogue. */
export interface StoredCatalogStatus {
  readonly movieCount: number;
  readonly encodedCount: number;
  readonly personCount: number;
  readonly revision: bigint;
}
