import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import {
  CineDeepMatchError,
  MatchLane,
  type MatchRequest,
  type MatchResponse,
  movieFields,
  type NodeClient,
} from "@cinedeepmatch/sdk-node";
import type { Query } from "./read-queries.ts";

/** One line of the output. */
export interface Result {
  readonly line: number;
  readonly movies?: readonly { readonly id: string; readonly score: number }[];
  readonly error?: string;
}

/** How long one query may wait for a server that is away. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 1_000;

/** Matches one query. What is wrong with the query becomes its result; what is wrong with the job is thrown. */
export async function matchQuery(client: NodeClient, { line, request, problem }: Query): Promise<Result> {
  if (request === undefined) return { line, error: problem ?? "unreadable" };
  try {
    // Nobody is waiting: people who search meanwhile go first.
    request.lane = MatchLane.BULK;
    request.readMask = create(FieldMaskSchema, movieFields("id"));
    const { results } = await matchPatiently(client, request);
    return { line, movies: results.map(({ movie, score }) => ({ id: movie?.id ?? "", score })) };
  } catch (error) {
    const { code, reason, message } = CineDeepMatchError.from(error);
    if (code === "invalid_argument" || code === "not_found") return { line, error: `${reason ?? code}: ${message}` };
    throw error;
  }
}

/**
 * The SDK repeats a call that meets a short failure, a few times and out of a budget, so that a server in trouble is not
 * flooded. A job can afford to sit out the long ones, a restart for example, on top of that.
 */
async function matchPatiently(client: NodeClient, request: MatchRequest): Promise<MatchResponse> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await client.match(request);
    } catch (error) {
      const { retryable, retryAfterMs = PAUSE_MS } = CineDeepMatchError.from(error);
      if (!retryable || Date.now() + retryAfterMs > end) throw error;
      await sleep(retryAfterMs);
    }
  }
}
