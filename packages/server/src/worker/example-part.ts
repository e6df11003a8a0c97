import { type Affinity, Profile } from "../matching/affinity.js";
import type { MatchWork } from "../matching/match-work.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { type Cause, exampleSeeds } from "./seeds.js";

/** Judges movies by the liked and disliked movies and people of one request. */
export interface ExamplePart {
  /** Vectors to look near to. */
  readonly queries: readonly Float32Array[];
  affinity(ordinal: number): Affinity<Cause>;
}

const QUERIES = 8;
/** Whoever likes a person wants that person's movies first, and whoever dislikes one wants none of them. */
const CREDIT_BONUS = 0.5;

/** @param work of which only the movies and people count */
export function examplePart(work: Pick<MatchWork, "movies" | "people">, replica: CatalogReplica): ExamplePart {
  const profile = new Profile(exampleSeeds(work, replica));
  const people = work.people.filter(({ weight }) => weight !== 0);
  return {
    queries: profile.queries(QUERIES),
    affinity(ordinal) {
      const row = replica.matrix.row(ordinal);
      // A movie that has not been encoded yet is near to nothing.
      const { score, nearest } = row === undefined ? { score: 0, nearest: undefined } : profile.affinity(row);
      const bonus = people.reduce((sum, { id, weight }) => {
        return replica.person(id)?.movies.has(ordinal) ? sum + CREDIT_BONUS * weight : sum;
      }, 0);
      return { score: Math.max(-1, Math.min(1, score + bonus)), nearest };
    },
  };
}
