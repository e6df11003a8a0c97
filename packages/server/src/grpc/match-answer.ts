import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MatchResponseSchema, MatchResultSchema, MovieSchema } from "@cinedeepmatch/contract";
import type { MatchHit, MatchReply } from "../matching/match-work.js";
import { describeReason } from "./describe-reason.js";
import { toDuration } from "./to-duration.js";

/** MatchResponse has all fields of SimilarMoviesResponse, and that of the taste, which the latter never has. */
export type Answer = Omit<Extract<MessageInitShape<typeof MatchResponseSchema>, { $typeName?: never }>, "$typeName">;

type MovieOf = (movieId: string) => MessageInitShape<typeof MovieSchema> | undefined;

/**
 * The answer to a match.
 *
 * @param movieOf what to show of a movie; undefined for one that has been deleted since it was ranked
 * @param totalMs how long the answer took
 */
export function toAnswer(reply: MatchReply, movieOf: MovieOf, totalMs: number): Answer {
  return {
    results: reply.hits.flatMap((hit) => toResult(hit, movieOf) ?? []),
    matchId: randomUUID(),
    model: { ...reply.model },
    ...(reply.taste?.answered && { tasteModel: { ...reply.taste.answered } }),
    timings: toTimings(reply, totalMs),
  };
}

function toResult(hit: MatchHit, movieOf: MovieOf): MessageInitShape<typeof MatchResultSchema> | undefined {
  const movie = movieOf(hit.movieId);
  if (movie === undefined) return undefined;
  return { movie, score: hit.score, scoreParts: { ...hit.parts }, reasons: hit.reasons.map(describeReason) };
}

function toTimings({ timings }: MatchReply, totalMs: number) {
  return {
    total: toDuration(totalMs),
    queue: toDuration(timings.queueMs),
    encode: toDuration(timings.encodeMs),
    rank: toDuration(timings.rankMs),
  };
}
