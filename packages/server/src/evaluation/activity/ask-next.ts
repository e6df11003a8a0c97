import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EventType } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import type { NextCase } from "./activity-log.js";

/** How well a running server told one case. */
export interface AskedCase {
  /** From 1; undefined when the movie is not among the first 100. */
  readonly rank: number | undefined;
  /** The registered model that judged the taste, or `content`. */
  readonly model: string;
  readonly latencyMs: number;
}

const PAGE_SIZE = 100;
const MOST_EVENTS = 200;

/** Asks a running server what somebody with this history will like next, as a visitor without an account. */
export async function askNext(client: Pick<NodeClient, "match">, each: NextCase): Promise<AskedCase> {
  const startedAt = performance.now();
  const { results, tasteModel } = await client.match({
    session: { events: sessionOf(each) },
    excludeIds: [...new Set(each.history.map(({ movieId }) => movieId))].slice(0, 10_000),
    pageSize: PAGE_SIZE,
    readMask: { paths: ["id"] },
  });
  const index = results.findIndex(({ movie }) => movie?.id === each.target.movieId);
  return {
    rank: index < 0 ? undefined : index + 1,
    model: tasteModel === undefined ? "content" : `${tasteModel.name}@${tasteModel.version}`,
    latencyMs: performance.now() - startedAt,
  };
}

/** The history as if it had been until now, because how long ago something was counts. */
function sessionOf({ history, target, userId }: NextCase) {
  const now = Date.now();
  return history.slice(-MOST_EVENTS).map(({ movieId, weight, time }, index) => ({
    id: `${userId}-${index}`,
    movieId,
    // A rating is the event whose weight can be any number.
    type: EventType.RATED,
    rating: 5.5 + 4 * weight,
    eventTime: timestampFromMs(now - Math.max(0, target.time - time) * 1_000),
  }));
}
