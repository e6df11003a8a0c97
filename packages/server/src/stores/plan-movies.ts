import type { Movie } from "@cinedeepmatch/contract";
import { finishMovie } from "./movie-draft.js";
import { type MovieWrite, type WriteContext, WritePlan } from "./plan-writes.js";

/**
 * Works out the writes of movies, one after another.
 *
 * @param check told of what each movie replaces; may throw
 */
export function planMovies(
  context: WriteContext,
  movies: readonly Movie[],
  check: (before: Movie | undefined) => void = () => {},
): MovieWrite[] {
  const plan = new WritePlan(context);
  for (const movie of movies) {
    const before = plan.get(movie.id);
    check(before);
    plan.put(finishMovie(movie.id, movie, before));
  }
  return plan.writes();
}

/** Works out the writes of movies that are to be as they are given. */
export function planRestored(context: WriteContext, movies: readonly Movie[]): MovieWrite[] {
  const plan = new WritePlan(context);
  for (const movie of movies) plan.put(movie);
  return plan.writes();
}

/** The movie that a write of one movie wrote. */
export function writtenMovie([write]: readonly MovieWrite[]): Movie {
  if (write?.after === undefined) throw new Error("A write of one movie wrote none.");
  return write.after;
}
