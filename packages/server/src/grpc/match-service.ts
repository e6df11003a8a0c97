import { randomUUID } from "node:crypto";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { FieldMask } from "@bufbuild/protobuf/wkt";
import {
  MatchLane,
  MatchRequestSchema,
  type MatchResponseSchema,
  type MatchResultSchema,
  type MatchService,
  MovieSchema,
  SimilarMoviesRequestSchema,
} from "@cinedeepmatch/contract";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { Lane } from "../matching/match-queue.js";
import type { MatchHit, MatchReply } from "../matching/match-work.js";
import type { Matcher, MatchQuery } from "../matching/matcher.js";
import { callerOf, deadlineOf, userOf } from "./call-context.js";
import { describeReason } from "./describe-reason.js";
import { maskedFields, pickFields } from "./field-mask.js";
import { type PageTokens, pageTokens } from "./page-token.js";

const DEFAULT_PAGE_SIZE = 20;
/** Ranking further down than this answers no question that a person would ask. */
const MAX_DEPTH = 10_000;

const LANES: Readonly<Record<MatchLane, Lane>> = {
  [MatchLane.UNSPECIFIED]: "interactive",
  [MatchLane.INTERACTIVE]: "interactive",
  [MatchLane.STANDARD]: "standard",
  [MatchLane.BULK]: "bulk",
};

/** Serves Match and SimilarMovies; match jobs are not served yet. */
export function createMatchService(ports: {
  matcher: Matcher;
  catalog: CatalogStore;
}): Partial<ServiceImpl<typeof MatchService>> {
  return {
    match(request, context) {
      const tokens = pageTokens(MatchRequestSchema, request);
      // A token bound to a user only ever asks for that user's taste.
      const userId = request.userId === "" ? "" : userOf(callerOf(context), request.userId);
      const query = {
        text: request.text.trim(),
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
      return answer(ports, query, { tokens, ...request, lane: LANES[request.lane] }, context);
    },

    similarMovies(request, context) {
      const query = {
        text: "",
        movies: [{ id: request.movieId, weight: 1 }],
        people: [],
        userId: undefined,
        session: undefined,
        filter: request.filter,
        excludeIds: request.excludeIds,
        excludeSeen: false,
        diversity: request.diversity,
        explain: request.explain,
      };
      const tokens = pageTokens(SimilarMoviesRequestSchema, request);
      return answer(ports, query, { tokens, ...request, lane: "interactive" }, context);
    },
  };
}

/** MatchResponse and SimilarMoviesResponse have the same fields. */
type Answer = Omit<Extract<MessageInitShape<typeof MatchResponseSchema>, { $typeName?: never }>, "$typeName">;

interface PageRequest {
  readonly tokens: PageTokens;
  readonly pageSize: number;
  readonly readMask?: FieldMask | undefined;
  readonly lane: Lane;
}

async function answer(
  { matcher, catalog }: { matcher: Matcher; catalog: CatalogStore },
  query: Omit<MatchQuery, "offset" | "limit">,
  page: PageRequest,
  context: HandlerContext,
): Promise<Answer> {
  const startedAt = performance.now();
  const { tenant, subject } = callerOf(context);
  const fields = maskedFields(MovieSchema, page.readMask, "read_mask");
  const offset = Number(page.tokens.position ?? 0);
  const limit = Math.min(page.pageSize || DEFAULT_PAGE_SIZE, MAX_DEPTH - offset);
  const call = { tenant, subject, scope: "match:read", lane: page.lane };
  const until = { deadline: deadlineOf(context), signal: context.signal };
  const reply = await matcher.match({ ...query, offset, limit }, { ...call, ...until });
  const movies = await catalog.getMovies(
    tenant,
    reply.hits.map(({ movieId }) => movieId),
  );
  const results = reply.hits.flatMap((hit) => {
    const movie = movies.get(hit.movieId);
    // Deleted since it was ranked.
    return movie === undefined ? [] : [toResult(hit, pickFields(MovieSchema, movie, fields))];
  });
  const next = offset + limit;
  return {
    results,
    nextPageToken: page.tokens.next(reply.more && next < MAX_DEPTH ? String(next) : undefined),
    matchId: randomUUID(),
    model: { ...reply.model },
    timings: toTimings(reply, performance.now() - startedAt),
  };
}

function toResult(
  hit: MatchHit,
  movie: MessageInitShape<typeof MovieSchema>,
): MessageInitShape<typeof MatchResultSchema> {
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

/** To the microsecond. */
function toDuration(ms: number) {
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: Math.round((ms % 1_000) * 1_000) * 1_000 };
}
