import { centroidOf, type Seed } from "../matching/affinity.js";
import type { MatchWork, Reason } from "../matching/match-work.js";
import { tasteSignals } from "../matching/taste.js";
import type { CatalogReplica } from "./catalog-replica.js";

/** A reason that still lacks its share. */
export type Cause = Reason extends infer R ? (R extends Reason ? Omit<R, "share"> : never) : never;

/** The liked and disliked movies and people of a request as vectors. What has no vector yet is left out. */
export function exampleSeeds(work: Pick<MatchWork, "movies" | "people">, replica: CatalogReplica): Seed<Cause>[] {
  const movies = work.movies.flatMap(({ id, weight }) =>
    movieSeed(replica, id, weight, (title) => ({ cause: "movie", movieId: id, title })),
  );
  const people = work.people.flatMap(({ id, weight }): Seed<Cause>[] => {
    const person = replica.person(id);
    if (person === undefined || weight === 0) return [];
    const rows = [...person.movies].flatMap((ordinal) => replica.matrix.row(ordinal) ?? []);
    const vector = centroidOf(rows.map((row) => ({ vector: row, weight: 1 })));
    const { displayName } = person;
    return vector === undefined ? [] : [{ vector, weight, cause: { cause: "person", personId: id, displayName } }];
  });
  return [...movies, ...people];
}

/** What is further back counts for next to nothing; registered models may read more. */
const MOST_EVENTS = 50;

/** What a user or a session did lately, as vectors. */
export function tasteSeeds(work: MatchWork, replica: CatalogReplica): Seed<Cause>[] {
  return tasteSignals((work.recent ?? []).slice(0, MOST_EVENTS)).flatMap(({ movieId, weight, type }) =>
    movieSeed(replica, movieId, weight, (title) => ({ cause: "activity", movieId, title, type })),
  );
}

function movieSeed(
  replica: CatalogReplica,
  movieId: string,
  weight: number,
  causeOf: (title: string) => Cause,
): Seed<Cause>[] {
  const ordinal = replica.ordinalOf(movieId);
  if (ordinal === undefined || weight === 0) return [];
  // A copy: the matrix may give the row to another movie while this match waits for the model.
  const vector = replica.matrix.row(ordinal)?.slice();
  return vector === undefined ? [] : [{ vector, weight, cause: causeOf(replica.record(ordinal)?.title ?? movieId) }];
}
