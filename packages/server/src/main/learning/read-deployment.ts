import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ContentModel } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import type { LoggedEvent } from "../../evaluation/activity/activity-log.js";
import type { Progress } from "../../importing/progress.js";
import type { FactsOfMovie } from "../../matching/movie-facts.js";
import { eventWeight } from "../../matching/taste.js";

const EVENTS_PER_CALL = 5_000;
const MOVIES_PER_CALL = 1_000;

/** What a deployment knows that models are made of. */
export interface DeploymentData {
  readonly events: readonly LoggedEvent[];
  /** What is known of each movie without activity. */
  readonly movies: ReadonlyMap<string, DeployedMovie>;
  readonly contentModel: ContentModel;
}

/** A movie as models see it. */
export interface DeployedMovie extends FactsOfMovie {
  /** Its content. */
  readonly vector: Float32Array;
}

/** Reads a tenant's activity and its movies' vectors through the API, in batches. */
export async function readDeployment(client: NodeClient, progress: Progress): Promise<DeploymentData> {
  const { movies, contentModel } = await readMovies(client, progress);
  const task = progress.begin("Reading ", "events", 0);
  // Each id once, so that an event takes little memory.
  const names = new Map<string, string>();
  const shared = (name: string) => {
    const known = names.get(name);
    if (known === undefined) names.set(name, name);
    return known ?? name;
  };
  const events: LoggedEvent[] = [];
  try {
    for await (const page of client.activity.listAllEvents({ pageSize: EVENTS_PER_CALL }).byPage()) {
      for (const { userId, movieId, type, rating, eventTime } of page.events) {
        const weight = eventWeight({ type, ...(rating !== undefined && { rating }) });
        const time = eventTime === undefined ? 0 : timestampMs(eventTime) / 1_000;
        if (weight !== 0) events.push({ userId: shared(userId), movieId: shared(movieId), weight, time });
      }
      task.update(events.length, events.length);
    }
  } finally {
    task.end();
  }
  return { events, movies, contentModel };
}

async function readMovies(client: NodeClient, progress: Progress) {
  const task = progress.begin("Reading ", "movies", 0);
  const movies = new Map<string, DeployedMovie>();
  let contentModel: ContentModel | undefined;
  try {
    for await (const page of client.models.listMovieVectors({ pageSize: MOVIES_PER_CALL }).byPage()) {
      contentModel = page.contentModel ?? contentModel;
      for (const { movieId, vector, releaseYear, genres } of page.movies) {
        movies.set(movieId, { vector: new Float32Array(new Uint8Array(vector).buffer), releaseYear, genres });
      }
      task.update(movies.size, movies.size);
    }
  } finally {
    task.end();
  }
  if (contentModel === undefined) throw new RangeError("the server names no text encoder");
  return { movies, contentModel };
}
