import type { FieldMask } from "@bufbuild/protobuf/wkt";
import {
  MatchLane,
  MatchRequestSchema,
  type MatchService,
  MovieSchema,
  SimilarMoviesRequestSchema,
} from "@cinedeepmatch/contract";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { FrontDoor } from "../limits/front-door.js";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { Lane } from "../matching/match-queue.js";
import type { Matcher, MatchQuery } from "../matching/matcher.js";
import { callerOf, deadlineOf, userOf } from "./call-context.js";
import { maskedFields, pickFields } from "./field-mask.js";
import { type Answer, toAnswer } from "./match-answer.js";
import { createMatchJobMethods, type MatchJobPorts } from "./match-job-methods.js";
import { DEFAULT_PAGE_SIZE, toMatchQuery } from "./match-query.js";
import { type PageTokens, pageTokens } from "./page-token.js";

/** Ranking further down than this answers no question that a person would ask. */
const MAX_DEPTH = 10_000;

const LANES: Readonly<Record<MatchLane, Lane>> = {
  [MatchLane.UNSPECIFIED]: "interactive",
  [MatchLane.INTERACTIVE]: "interactive",
  [MatchLane.STANDARD]: "standard",
  [MatchLane.BULK]: "bulk",
};

/** What matches are made with, and where they wait for their turn. */
export interface MatchPorts {
  readonly matcher: Matcher;
  readonly catalog: CatalogStore;
  readonly door: FrontDoor;
}

/** Serves matches, at once and as jobs. */
export function createMatchService(ports: MatchJobPorts & MatchPorts): ServiceImpl<typeof MatchService> {
  return {
    ...createMatchJobMethods(ports),

    match(request, context) {
      const tokens = pageTokens(MatchRequestSchema, request);
      // A token bound to a user only ever asks for that user's taste.
      const userId = request.userId === "" ? "" : userOf(callerOf(context), request.userId);
      const page = { tokens, ...request, lane: LANES[request.lane] };
      return answer(ports, toMatchQuery(request, userId), page, context);
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

interface PageRequest {
  readonly tokens: PageTokens;
  readonly pageSize: number;
  readonly readMask?: FieldMask | undefined;
  readonly lane: Lane;
}

async function answer(
  ports: MatchPorts,
  query: Omit<MatchQuery, "offset" | "limit">,
  page: PageRequest,
  context: HandlerContext,
): Promise<Answer> {
  const caller = { lane: page.lane, timeoutMs: context.timeoutMs(), gone: context.signal };
  const arrivedAt = performance.now();
  const rank = () => answerNow(ports, query, { ...page, arrivedAt }, context);
  const { answer: answered } = await ports.door.through(caller, rank, ({ workMs }) => workMs > 0);
  return answered;
}

async function answerNow(
  { matcher, catalog }: MatchPorts,
  query: Omit<MatchQuery, "offset" | "limit">,
  page: PageRequest & { readonly arrivedAt: number },
  context: HandlerContext,
): Promise<{ answer: Answer; workMs: number }> {
  const { tenant, subject } = callerOf(context);
  const fields = maskedFields(MovieSchema, page.readMask, "read_mask");
  const offset = Number(page.tokens.position ?? 0);
  const limit = Math.min(page.pageSize || DEFAULT_PAGE_SIZE, MAX_DEPTH - offset);
  const call = { tenant, subject, scope: "match:read", lane: page.lane };
  const until = { deadline: deadlineOf(context), signal: context.signal };
  const reply = await matcher.match({ ...query, offset, limit }, { ...call, ...until });
  const { encodeMs, rankMs } = reply.timings;
  const workMs = encodeMs + rankMs;
  // The gateway tells by it how much of the time was waiting. An answer of before has not waited for a model.
  if (workMs > 0) context.responseHeader.set("server-timing", `work;dur=${workMs.toFixed(1)}`);
  const movies = await catalog.getMovies(
    tenant,
    reply.hits.map(({ movieId }) => movieId),
  );
  const movieOf = (movieId: string) => {
    const movie = movies.get(movieId);
    return movie && pickFields(MovieSchema, movie, fields);
  };
  const next = offset + limit;
  const nextPageToken = page.tokens.next(reply.more && next < MAX_DEPTH ? String(next) : undefined);
  return { answer: { ...toAnswer(reply, movieOf, performance.now() - page.arrivedAt), nextPageToken }, workMs };
}
