import type { Movie } from "@cinedeepmatch/contract";
import type { CatalogChange } from "@cinedeepmatch/contract/worker";
import { LexicalIndex } from "../matching/lexical-index.js";
import { type MovieRecord, toMovieRecord } from "../matching/movie-record.js";
import type { MovieTexts } from "../matching/movie-texts.js";
import { TitleIndex } from "../matching/title-index.js";
import { ItemMatrix } from "../onnx/item-matrix.js";

/** A person as the replica knows them. */
interface KnownPerson {
  readonly displayName: string;
  /** The ordinals of the movies they are credited in. */
  readonly movies: Set<number>;
}

/**
 * A model worker's copy of the catalogue, made for searching. Each movie has an ordinal: its row in the matrix and its
 * number in the indexes.
 */
export class CatalogReplica {
  readonly matrix: ItemMatrix;
  readonly lexical = new LexicalIndex();
  readonly titles = new TitleIndex();
  readonly #ordinals = new Map<string, number>();
  readonly #records: (MovieRecord | undefined)[] = [];
  readonly #people = new Map<string, KnownPerson>();
  readonly #free: number[] = [];
  readonly #texts: MovieTexts;
  readonly #listeners = new Set<(ordinal: number) => void>();

  /**
   * @param dimension the length of the model's vectors
   * @param texts what is indexed of a movie
   */
  constructor(dimension: number, texts: MovieTexts) {
    this.#texts = texts;
    this.matrix = new ItemMatrix(dimension);
  }

  /** How many movies there are. */
  get size(): number {
    return this.#ordinals.size;
  }

  /** Ordinals are below this. */
  get ordinalCount(): number {
    return this.#records.length;
  }

  ordinalOf(movieId: string): number | undefined {
    return this.#ordinals.get(movieId);
  }

  /** Undefined for an ordinal that no movie has now. */
  record(ordinal: number): MovieRecord | undefined {
    return this.#records[ordinal];
  }

  person(personId: string): KnownPerson | undefined {
    return this.#people.get(personId);
  }

  /** Calls `listener` with each ordinal whose vector comes, changes or goes, and whose movie does. */
  onVector(listener: (ordinal: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  apply({ movieId, deleted, movie, vector }: CatalogChange): void {
    if (deleted || movie === undefined) {
      this.#remove(movieId);
    } else {
      this.#put(movie, vector);
    }
  }

  #put(movie: Movie, vector: Uint8Array): void {
    const known = this.#ordinals.get(movie.id);
    const ordinal = known ?? this.#free.pop() ?? this.#records.length;
    if (known !== undefined) this.#forgetPeople(ordinal);
    this.#ordinals.set(movie.id, ordinal);
    this.#records[ordinal] = toMovieRecord(movie);
    for (const { personId, displayName } of movie.credits) {
      const person = this.#people.get(personId) ?? { displayName, movies: new Set() };
      person.movies.add(ordinal);
      this.#people.set(personId, person);
    }
    this.lexical.upsert(ordinal, this.#texts.textOf(movie));
    const titles = movie.originalTitle === "" ? [movie.title] : [movie.title, movie.originalTitle];
    this.titles.upsert(ordinal, titles, movie.releaseYear > 0 ? movie.releaseYear : undefined);
    if (vector.length === this.matrix.dimension * Float32Array.BYTES_PER_ELEMENT) {
      this.matrix.set(ordinal, toFloats(vector));
    } else {
      // The text has changed and its vector is on the way.
      this.matrix.remove(ordinal);
    }
    for (const listener of this.#listeners) listener(ordinal);
  }

  #remove(movieId: string): void {
    const ordinal = this.#ordinals.get(movieId);
    if (ordinal === undefined) return;
    this.#forgetPeople(ordinal);
    this.lexical.remove(ordinal);
    this.titles.remove(ordinal);
    this.matrix.remove(ordinal);
    this.#records[ordinal] = undefined;
    this.#ordinals.delete(movieId);
    this.#free.push(ordinal);
    for (const listener of this.#listeners) listener(ordinal);
  }

  #forgetPeople(ordinal: number): void {
    for (const personId of this.#records[ordinal]?.personIds ?? []) {
      const person = this.#people.get(personId);
      person?.movies.delete(ordinal);
      if (person?.movies.size === 0) this.#people.delete(personId);
    }
  }
}

/** The wire's bytes may start anywhere in their buffer, where a Float32Array may not. */
function toFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
