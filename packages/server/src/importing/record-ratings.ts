import { stat } from "node:fs/promises";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type EventSchema, EventType } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import { findMovieIds } from "./find-movie-ids.js";
import { type OutageOptions, outlastOutage } from "./outlast-outage.js";
import type { Progress } from "./progress.js";
import { type MovieLensRating, ratingsFile, readRatings } from "./read-ratings.js";
import { type ImportProblem, RowTally } from "./row-tally.js";

const MAX_EVENTS = 1000;

/** What came of a folder's ratings. `rows` is the sum of the other three. */
export interface RatingCounts {
  readonly rows: number;
  readonly recorded: number;
  /** How many were recorded by an earlier run. */
  readonly duplicates: number;
  /** How many were bad, or of a movie that is not in the catalogue. */
  readonly rejected: number;
}

/** What recording ratings needs. */
export interface RecordRatingsOptions {
  readonly client: NodeClient;
  readonly folder: string;
  readonly progress: Progress;
  readonly onProblem: (problem: ImportProblem) => void;
  readonly outage?: OutageOptions | undefined;
}

type EventInit = MessageInitShape<typeof EventSchema>;

/**
 * Records the ratings of a MovieLens folder as activity. The events' ids are made of user and movie, so that another
 * run records none of them twice.
 */
export async function recordRatings(options: RecordRatingsOptions): Promise<RatingCounts> {
  const { client, folder, progress, onProblem, outage } = options;
  const file = ratingsFile(folder);
  const { size } = await stat(file);
  const movieIds = await findMovieIds(client, folder, outage);
  const tally = new RowTally(file, onProblem);
  const task = progress.begin("Recording", "ratings", size);
  const counts = { recorded: 0, duplicates: 0 };
  let bytesRead = 0;
  let events: EventInit[] = [];
  const record = async () => {
    const { recordedCount, duplicateCount } = await outlastOutage(() => client.activity.record(events), outage);
    counts.recorded += recordedCount;
    counts.duplicates += duplicateCount;
    events = [];
    task.update(bytesRead, counts.recorded + counts.duplicates);
  };
  const onBytesRead = (bytes: number) => {
    bytesRead = bytes;
  };
  try {
    for await (const item of readRatings(folder, onBytesRead)) {
      const row = "problem" in item ? item : toRow(item, movieIds);
      tally.count(row);
      if ("event" in row) events.push(row.event);
      if (events.length === MAX_EVENTS) await record();
    }
    if (events.length > 0) await record();
  } finally {
    task.end();
  }
  return { rows: tally.rows, ...counts, rejected: tally.bad };
}

function toRow({ row, rating }: { row: number; rating: MovieLensRating }, movieIds: ReadonlyMap<string, string>) {
  const movieId = movieIds.get(rating.movieId);
  if (movieId === undefined) return { row, problem: `movieId: ${rating.movieId} is not in the catalogue` };
  return { row, event: toEvent(rating, movieId) };
}

function toEvent({ userId, movieId: movieLensId, stars, time }: MovieLensRating, movieId: string): EventInit {
  return {
    id: `movielens-${userId}-${movieLensId}`,
    userId: `movielens-${userId}`,
    movieId,
    type: EventType.RATED,
    rating: stars * 2,
    eventTime: timestampFromMs(time * 1000),
  };
}
