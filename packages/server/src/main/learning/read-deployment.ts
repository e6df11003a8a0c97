import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { ContentModel } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import type { LoggedEvent } from "../../evaluation/activity/activity-log.js";
import type { Progress } from "../../importing/progress.js";
import { eventWeight } from "../../matching/taste.js";

const EVENTS_PER_CALL = 5_000;
const MOVIES_PER_CALL = 1_000;

/** What a deployment knows that models are made of. */
export interface DeploymentData {
  readonly events: readonly LoggedEvent[];
  /** The content vector of each movie. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  readonly contentModel: ContentModel;
}

/** Reads a tenant's activity and its movies' vectors through the API, in batches. */
export async function readDeployment(client: NodeClient, progress: Progress): Promise<DeploymentData> {
  const { vectors, contentModel } = await readVectors(client, progress);
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
  return { events, vectors, contentModel };
}

async function readVectors(client: NodeClient, progress: Progress) {
  const task = progress.begin("Reading ", "movies", 0);
  const vectors = new Map<string, Float32Array>();
  let contentModel: ContentModel | undefined;
  try {
    for await (const page of client.models.listMovieVectors({ pageSize: MOVIES_PER_CALL }).byPage()) {
      contentModel = page.contentModel ?? contentModel;
      for (const { movieId, vector } of page.movies)
        vectors.set(movieId, new Float32Array(new Uint8Array(vector).buffer));
      task.update(vectors.size, vectors.size);
    }
  } finally {
    task.end();
  }
  if (contentModel === undefined) throw new RangeError("the server names no text encoder");
  return { vectors, contentModel };
}
