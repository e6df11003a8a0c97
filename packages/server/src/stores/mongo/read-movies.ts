import type { Movie } from "@cinedeepmatch/contract";
import { externalIdKey } from "../merge-movies.js";
import { unstorableKey } from "../movie-draft.js";
import type { StoredMovie, WriteContext } from "../plan-writes.js";
import { storableIds } from "../storable-ids.js";
import type { CatalogReader } from "./catalog-reader.js";
import { keyOf } from "./document-keys.js";
import { MOVIE_FIELDS, movieOf } from "./movie-document.js";
import { readDocuments } from "./read-documents.js";

/** A movie as it is stored, with the versions of the models that have encoded it. */
export interface EncodedMovie extends StoredMovie {
  readonly encoded: readonly string[];
}

/** What is stored of everything that some writes touch, with what is left of what has been deleted. */
export interface StoredContext extends WriteContext {
  readonly movies: ReadonlyMap<string, EncodedMovie>;
  /** The keys of all documents that there are. */
  readonly documents: ReadonlySet<string>;
}

/** The movies with these ids. */
export async function readMovies(reader: CatalogReader, tenant: string, ids: readonly string[]) {
  const movies = new Map<string, Movie>();
  for (const document of await readMovieDocuments(reader, tenant, ids, MOVIE_FIELDS)) {
    const movie = movieOf(document);
    if (movie !== undefined) movies.set(movie.id, movie);
  }
  return movies;
}

/** Of these ids, those that no movie has. */
export async function missingIds(reader: CatalogReader, tenant: string, ids: readonly string[]): Promise<string[]> {
  const documents = await readMovieDocuments(reader, tenant, ids, { id: 1 });
  const present = new Set(documents.map(({ id }) => id));
  return [...new Set(ids)].filter((id) => !present.has(id));
}

/** The movie that has this id in another system. */
export async function findByExternalId(
  reader: CatalogReader,
  tenant: string,
  source: string,
  value: string,
): Promise<Movie | undefined> {
  if (storableIds([source, value]).length < 2) return undefined;
  const held = await reader.collections.externalIds.findOne({ _id: keyOf(tenant, externalIdKey({ source, value })) });
  if (held?.movieId === undefined) return undefined;
  return (await readMovies(reader, tenant, [held.movieId])).get(held.movieId);
}

/** What is stored of everything that writing these movies touches. */
export async function readWriteContext(
  reader: CatalogReader,
  tenant: string,
  written: readonly Movie[],
): Promise<StoredContext> {
  const writable = written.filter((movie) => unstorableKey(movie) === undefined);
  const externalIds = writable.flatMap((movie) => movie.externalIds.map(externalIdKey));
  const { collections, traits } = reader;
  const [movies, held] = await Promise.all([
    readStoredMovies(
      reader,
      tenant,
      writable.map(({ id }) => id),
    ),
    readDocuments(
      collections.externalIds,
      externalIds.map((name) => keyOf(tenant, name)),
      { movieId: 1 },
      traits,
    ),
  ]);
  const owners = new Map(held.map(({ _id, movieId }) => [_id, movieId]));
  const documents = new Set([...movies.documents, ...owners.keys()]);
  return {
    movies: movies.movies,
    documents,
    owners: new Map(
      externalIds.flatMap((name) => {
        const owner = owners.get(keyOf(tenant, name));
        return owner === undefined ? [] : [[name, owner]];
      }),
    ),
  };
}

async function readStoredMovies(reader: CatalogReader, tenant: string, ids: readonly string[]) {
  const fields = { ...MOVIE_FIELDS, textDigest: 1, encoded: 1 } as const;
  const movies = new Map<string, EncodedMovie>();
  const documents: string[] = [];
  for (const document of await readMovieDocuments(reader, tenant, ids, fields)) {
    documents.push(document._id);
    const movie = movieOf(document);
    if (movie === undefined) continue;
    movies.set(movie.id, { movie, textDigest: document.textDigest ?? "", encoded: document.encoded ?? [] });
  }
  return { movies, documents };
}

function readMovieDocuments(
  { collections, traits }: CatalogReader,
  tenant: string,
  ids: readonly string[],
  fields: Readonly<Record<string, 1>>,
) {
  const keys = storableIds(ids).map((id) => keyOf(tenant, id));
  return readDocuments(collections.movies, keys, fields, traits);
}
