import type { Movie } from "@cinedeepmatch/contract";
import { planMovies, planRestored, writtenMovie } from "../plan-movies.js";
import type { MovieWrite } from "../plan-writes.js";
import { etagMismatch, movieExists } from "../write-errors.js";
import type { CatalogWrite } from "./catalog-write.js";
import type { PlannedWrite } from "./catalog-writer.js";
import { movieOperations } from "./movie-operations.js";
import { readMovies, readWriteContext } from "./read-movies.js";

/** Creates a movie. */
export async function createMovie(write: CatalogWrite, movie: Movie): Promise<PlannedWrite<Movie>> {
  const { writes, ...draft } = await putMovies(write, [movie], (before) => {
    if (before !== undefined) throw movieExists(movie.id);
  });
  return { ...draft, result: writtenMovie(writes) };
}

/** Makes a new movie of the present one. */
export async function updateMovie(
  write: CatalogWrite,
  id: string,
  change: (current: Movie | undefined) => Movie,
): Promise<PlannedWrite<Movie>> {
  const current = (await readMovies(write, write.tenant, [id])).get(id);
  const { writes, ...draft } = await putMovies(write, [{ ...change(current), id }]);
  return { ...draft, result: writtenMovie(writes) };
}

/** Deletes a movie; false when there is none. */
export async function deleteMovie(write: CatalogWrite, id: string, etag: string): Promise<PlannedWrite<boolean>> {
  const current = (await readMovies(write, write.tenant, [id])).get(id);
  if (current === undefined) return { operations: [], after: write.state, result: false };
  if (etag !== "" && etag !== current.etag) throw etagMismatch(id);
  const context = await readWriteContext(write, write.tenant, [current]);
  const writes = [{ id, before: context.movies.get(id), after: undefined }];
  return { ...(await movieOperations(write, writes, context)), result: true };
}

/** Creates or replaces movies. */
export async function upsertMovies(
  write: CatalogWrite,
  movies: readonly Movie[],
): Promise<PlannedWrite<{ createdCount: number }>> {
  const { writes, ...draft } = await putMovies(write, movies);
  return { ...draft, result: { createdCount: writes.filter(({ before }) => before === undefined).length } };
}

/** Creates or replaces movies as they are given. */
export async function restoreMovies(
  write: CatalogWrite,
  movies: readonly Movie[],
  digests?: ReadonlyMap<string, string>,
): Promise<PlannedWrite<void>> {
  const context = await readWriteContext(write, write.tenant, movies);
  const textDigest = (movie: Movie) => digests?.get(movie.id) ?? write.textDigest(movie);
  const draft = await movieOperations({ ...write, textDigest }, planRestored(context, movies), context);
  if (digests === undefined) return { ...draft, result: undefined };
  return { ...draft, after: { ...draft.after, textsVersion: "" }, result: undefined };
}

/** Deletes movies. */
export async function deleteMovies(write: CatalogWrite, ids: readonly string[]): Promise<PlannedWrite<void>> {
  const current = await readMovies(write, write.tenant, ids);
  const context = await readWriteContext(write, write.tenant, [...current.values()]);
  const writes = [...current.keys()].map((id) => ({ id, before: context.movies.get(id), after: undefined }));
  return { ...(await movieOperations(write, writes, context)), result: undefined };
}

async function putMovies(write: CatalogWrite, movies: readonly Movie[], check?: (before: Movie | undefined) => void) {
  const context = await readWriteContext(write, write.tenant, movies);
  const writes: MovieWrite[] = planMovies(context, movies, check);
  return { writes, ...(await movieOperations(write, writes, context)) };
}
