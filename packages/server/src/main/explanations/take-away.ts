import type { MatchWork, Reason } from "../../matching/match-work.js";
import { withoutWords } from "../../matching/without-words.js";

/** A request as it would be without the cause that a reason names; undefined for a cause that is not of the request. */
export function takeAway(work: MatchWork, reason: Reason): MatchWork | undefined {
  switch (reason.cause) {
    case "text":
      return { ...work, text: reason.terms.length > 0 ? withoutWords(work.text, reason.terms) : "" };
    case "movie":
      return { ...work, movies: work.movies.filter(({ id }) => id !== reason.movieId) };
    case "person":
      return { ...work, people: work.people.filter(({ id }) => id !== reason.personId) };
    case "activity":
      return { ...work, recent: work.recent?.filter(({ movieId }) => movieId !== reason.movieId) };
    case "popularity":
      return undefined;
  }
}
