import { type MatchRequest, TextReading } from "@cinedeepmatch/contract";
import type { MatchQuery } from "../matching/matcher.js";

/** How many movies a match returns unless it says. */
export const DEFAULT_PAGE_SIZE = 20;

/** What a request asks for, page aside. */
export function toMatchQuery(request: MatchRequest, userId: string): Omit<MatchQuery, "offset" | "limit"> {
  return {
    text: request.text.trim(),
    quick: request.textReading === TextReading.QUICK,
    movies: request.movies.map(({ movieId, weight }) => ({ id: movieId, weight: weight ?? 1 })),
    people: request.people.map(({ personId, weight }) => ({ id: personId, weight: weight ?? 1 })),
    userId: userId === "" ? undefined : userId,
    session: request.session?.events,
    filter: request.filter,
    excludeIds: request.excludeIds,
    excludeSeen: request.excludeSeen,
    diversity: request.diversity,
    explain: request.explain,
  };
}
