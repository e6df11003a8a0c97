import type { Movie } from "@cinedeepmatch/contract";
import { planMovies, planRestored, writtenMovie } from "../plan-movies.js";
import type { MovieWrite } from "../plan-writes.js";
import { etagMismatch, movieExists } from "../write-errors.js";
import type { CatalogTransaction } from "./catalog-transaction.js";
import { readMovies, readWriteContext } from "./read-movies.js";
import { noteTexts } from "./renew-texts.js";
import { writeMovies } from "./write-movies.js";

/** Creates a movie. */
export async function createMovie(transaction: CatalogTransaction, movie: Movie): Promise<Movie> {
  const writes = await putMovies(transaction, [movie], (before) => {
    if (before !== undefined) throw movieExists(movie.id);
  });
  return writtenMovie(writes);
}

/** Makes a new movie of the present one. */
export async function updateMovie(
  transaction: CatalogTransaction,
  id: string,
  change: (current: Movie | undefined) => Movie,
): Promise<Movie> {
  const stored = await readMovies(transaction.db, transaction.tenant, [id]);
  return writtenMovie(await putMovies(transaction, [{ ...change(stored.get(id)?.movie), id }]));
}

/** Deletes a movie; false when there is none. */
export async function deleteMovie(
  { db, tenant, textDigest }: CatalogTransaction,
  id: string,
  etag: string,
): Promise<boolean> {
  const before = (await readMovies(db, tenant, [id])).get(id);
  if (before === undefined) return false;
  if (etag !== "" && etag !== before.movie.etag) throw etagMismatch(id);
  await writeMovies(db, tenant, [{ id, before, after: undefined }], textDigest);
  return true;
}

/** Creates or replaces movies. */
export async function upsertMovies(
  transaction: CatalogTransaction,
  movies: readonly Movie[],
): Promise<{ createdCount: number }> {
  const writes = await putMovies(transaction, movies);
  return { createdCount: writes.filter(({ before }) => before === undefined).length };
}

/** Creates or replaces movies as they are given. */
export async function restoreMovies(
  { db, tenant, textDigest }: CatalogTransaction,
  movies: readonly Movie[],
  digests?: ReadonlyMap<string, string>,
): Promise<void> {
  const writes = planRestored(await readWriteContext(db, tenant, movies), movies);
  await writeMovies(db, tenant, writes, (movie) => digests?.get(movie.id) ?? textDigest(movie));
  if (digests !== undefined) await noteTexts(db, tenant, "");
}

/** Deletes movies. */
export async function deleteMovies({ db, tenant, textDigest }: CatalogTransaction, ids: readonly string[]) {
  const stored = await readMovies(db, tenant, ids);
  const writes = [...stored].map(([id, before]) => ({ id, before, after: undefined }));
  await writeMovies(db, tenant, writes, textDigest);
}

async function putMovies(
  { db, tenant, textDigest }: CatalogTransaction,
  movies: readonly Movie[],
  check?: (before: Movie | undefined) => void,
): Promise<MovieWrite[]> {
  const writes = planMovies(await readWriteContext(db, tenant, movies), movies, check);
  await writeMovies(db, tenant, writes, textDigest);
  return writes;
}
