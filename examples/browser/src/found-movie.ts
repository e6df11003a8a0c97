import type { MatchReason, MatchResult, Movie, ScoreParts } from "@cinedeepmatch/sdk-web";

/** A ranked movie together with the answer it came in, to which likes are attributed. */
export interface FoundMovie {
  movie: Movie;
  score: number;
  reasons: readonly MatchReason[];
  parts: ScoreParts | undefined;
  matchId: string;
}

/** Reads the movies of an answer. */
export function foundMovies(answer: { results: readonly MatchResult[]; matchId: string }): FoundMovie[] {
  return answer.results.flatMap(({ movie, score, reasons, scoreParts }) =>
    movie === undefined ? [] : [{ movie, score, reasons, parts: scoreParts, matchId: answer.matchId }],
  );
}
