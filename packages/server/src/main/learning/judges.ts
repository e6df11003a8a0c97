import { create } from "@bufbuild/protobuf";
import { EventType, MovieSchema } from "@cinedeepmatch/contract";
import { CatalogChangeSchema } from "@cinedeepmatch/contract/worker";
import { readItems, type TasteManifest, tasteFiles } from "@cinedeepmatch/models";
import type { NextCase } from "../../evaluation/activity/activity-log.js";
import type { Judge } from "../../evaluation/activity/score-next.js";
import { Profile } from "../../matching/affinity.js";
import { EMPTY_MATCH, type MatchWork } from "../../matching/match-work.js";
import { MovieTexts } from "../../matching/movie-texts.js";
import { startTasteSession } from "../../onnx/taste-session.js";
import { CatalogReplica } from "../../worker/catalog-replica.js";
import { tasteSeeds } from "../../worker/seeds.js";
import { TasteModel } from "../../worker/taste-model.js";
import { neighbourScores } from "../../worker/taste-part.js";
import type { DeployedMovie } from "./read-deployment.js";

/** A copy of the catalogue as a worker has it, of what models read alone. */
export function replicaOf(movies: ReadonlyMap<string, DeployedMovie>, dimension: number): CatalogReplica {
  const replica = new CatalogReplica(dimension, new MovieTexts());
  for (const [movieId, { vector, releaseYear, genres }] of movies) {
    const bytes = new Uint8Array(vector.slice().buffer);
    const movie = create(MovieSchema, { id: movieId, releaseYear, genres: [...genres] });
    replica.apply(create(CatalogChangeSchema, { movieId, movie, vector: bytes }));
  }
  return replica;
}

const NOTHING: MatchWork = { ...EMPTY_MATCH, recent: [], limit: 0 };

/**
 * Likeness of content, as workers judge taste while no model is registered. What a user's movies have in common with all
 * others is computed once for the user, so ask for the cases of one user together.
 */
export function contentJudge(replica: CatalogReplica): Judge {
  let user: string | undefined;
  const common = new Map<string, Float32Array>();
  const commonOf = (movieId: string, vector: Float32Array) => {
    const known = common.get(movieId);
    if (known !== undefined) return known;
    const all = Float32Array.from({ length: replica.ordinalCount }, (_, ordinal) =>
      replica.matrix.score(ordinal, vector),
    );
    common.set(movieId, all);
    return all;
  };
  return async (each) => {
    if (each.userId !== user) common.clear();
    user = each.userId;
    const recent = newestFirst(each).map(({ movieId, weight, ageSeconds }) => {
      // A rating is the event whose weight can be any number.
      return { movieId, ageSeconds, type: EventType.RATED, rating: 5.5 + 4 * weight };
    });
    const seeds = tasteSeeds({ ...NOTHING, recent }, replica).map(({ vector, weight, cause }) => {
      return { vector, weight, cause: commonOf(cause.cause === "activity" ? cause.movieId : "", vector) };
    });
    const profile = new Profile(seeds);
    const score = (ordinal: number) => profile.affinityBy(({ cause }) => cause[ordinal] as number).score;
    return (movieId) => scoreOf(replica, movieId, score);
  };
}

/** A model that judges, as it is served. */
export interface ModelJudge {
  readonly judge: Judge;
  close(): Promise<void>;
}

/** A taste model, from its files. */
export async function modelJudge(
  manifest: Pick<TasteManifest, "name" | "version" | "contentModel" | "dimension" | "maxEvents">,
  files: ReadonlyMap<string, Uint8Array>,
  replica: CatalogReplica,
): Promise<ModelJudge> {
  const bytes = (name: string) => files.get(name) ?? new Uint8Array();
  const sizes = { content: manifest.contentModel.dimension, dimension: manifest.dimension, events: manifest.maxEvents };
  const session = await startTasteSession({ taste: bytes(tasteFiles.taste), item: bytes(tasteFiles.item), sizes });
  const { name, version } = manifest;
  const items = readItems(bytes(tasteFiles.items));
  const model = await TasteModel.load({ ref: { name, version }, session, items, replica });
  return {
    close: () => model.close(),
    async judge(each) {
      const { query, neighbours, scores } = await model.rank([newestFirst(each)]);
      const beside = neighbourScores(model, neighbours, scores);
      return (movieId) =>
        scoreOf(replica, movieId, (ordinal) => model.rows.score(ordinal, query) + (beside.get(ordinal) ?? 0));
    },
  };
}

function newestFirst({ history, target }: NextCase) {
  return history.toReversed().map(({ movieId, weight, time }) => {
    return { movieId, weight, ageSeconds: Math.max(0, target.time - time) };
  });
}

function scoreOf(replica: CatalogReplica, movieId: string, score: (ordinal: number) => number): number | undefined {
  const ordinal = replica.ordinalOf(movieId);
  return ordinal === undefined ? undefined : score(ordinal);
}
