import { type Affinity, Profile, type Seed } from "../matching/affinity.js";
import type { MatchWork } from "../matching/match-work.js";
import { eventWeight } from "../matching/taste.js";
import type { ModelRef } from "../matching/taste-models.js";
import type { Inference } from "../onnx/inference.js";
import type { TasteQueries } from "../onnx/taste-session.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { type Cause, tasteSeeds } from "./seeds.js";
import type { TasteEvent, TasteModel } from "./taste-model.js";

/** Judges movies by the taste of one request. */
export interface TastePart {
  /** The registered model that judges; undefined for likeness of content. */
  readonly model: ModelRef | undefined;
  /** Vectors of content to look near to. */
  readonly queries: readonly Float32Array[];
  /** Movies that it proposes itself. */
  readonly proposed: readonly number[];
  /** How well a movie fits: around 0 for those that have nothing to do with the taste, below for what is disliked. */
  affinity(ordinal: number): Affinity<Cause>;
  /** For each of these movies, what the scores would be, on the same scale, had nothing been done to it. */
  without(movieIds: readonly string[]): Promise<((ordinal: number) => number)[]>;
}

const QUERIES = 8;
const UNKNOWN = { score: 0, nearest: undefined };

/** Taste as likeness of content to what was liked: works from the first event on, without any training. */
export function contentTaste(work: MatchWork, replica: CatalogReplica): TastePart {
  const profile = new Profile(tasteSeeds(work, replica));
  return {
    model: undefined,
    queries: profile.queries(QUERIES),
    proposed: [],
    affinity(ordinal) {
      const row = replica.matrix.row(ordinal);
      // A movie that has not been encoded yet is near to nothing.
      return row === undefined ? UNKNOWN : profile.affinity(row);
    },
    without: async (movieIds) =>
      movieIds.map((movieId) => {
        const rest = contentTaste(withoutMovie(work, movieId), replica);
        return (ordinal) => rest.affinity(ordinal).score;
      }),
  };
}

/** A request as it would be had nothing been done to a movie. */
export function withoutMovie<W extends Pick<MatchWork, "recent">>(work: W, movieId: string): W {
  return { ...work, recent: work.recent?.filter((event) => event.movieId !== movieId) };
}

/** Where a registered model looks. */
export interface TasteSearch {
  readonly replica: CatalogReplica;
  readonly inference: Inference;
  readonly signal: AbortSignal;
  /** 0 where a movie may be found, -Infinity where not. */
  readonly allowed: Float32Array;
  readonly count: number;
}

/**
 * Taste as a registered model has learned it, on the same scale: 1 for the best movie that is allowed, 0 for the average
 * one. Dislikes push away by likeness of content as well, whatever the model has learned of them. Where nothing was
 * liked there is nothing for a model to go on from, and likeness of content judges.
 *
 * Rejects with `InferenceError` when the model fails.
 */
export async function modelTaste(work: MatchWork, model: TasteModel, search: TasteSearch): Promise<TastePart> {
  const events = toTasteEvents(work);
  if (!events.some(({ weight }) => weight > 0)) return contentTaste(work, search.replica);
  const judge = toLogits(model, await model.rank([events]), 0);
  const proposed = [...(await scan(judge.query, model, search)), ...allowedOf(judge.beside.keys(), search)];
  const average = model.meanScore(judge.query);
  const best = proposed.reduce((most, ordinal) => Math.max(most, judge.logit(ordinal) ?? most), average);
  const range = best - average || 1;
  const seeds = tasteSeeds(work, search.replica);
  const [likes, dislikes] = [new Profile(seeds.filter(isLiked)), new Profile(seeds.filter((seed) => !isLiked(seed)))];
  const affinity = ({ logit }: Logits, ordinal: number): Affinity<Cause> => {
    const value = logit(ordinal);
    const row = search.replica.matrix.row(ordinal);
    if (value === undefined || row === undefined) return UNKNOWN;
    const score = (value - average) / range + dislikes.affinity(row).score;
    return { score: Math.max(-1, Math.min(1, score)), nearest: likes.affinity(row).nearest };
  };
  return {
    model: model.ref,
    queries: [],
    proposed,
    affinity: (ordinal) => affinity(judge, ordinal),
    async without(movieIds) {
      if (movieIds.length === 0) return [];
      const histories = movieIds.map((movieId) => events.filter((event) => event.movieId !== movieId));
      const answer = await model.rank(histories);
      return histories.map((history, at) => {
        const rest = toLogits(model, answer, at);
        // Without anything that was liked the model would not have been asked.
        return (ordinal) => (history.some(({ weight }) => weight > 0) ? affinity(rest, ordinal).score : 0);
      });
    },
  };
}

/** What a model makes of one history. */
interface Logits {
  readonly query: Float32Array;
  /** What movies get as neighbours. */
  readonly beside: ReadonlyMap<number, number>;
  /** The score of a movie as the model has it; undefined for one that it does not know yet. */
  logit(ordinal: number): number | undefined;
}

function toLogits(model: TasteModel, { query: queries, neighbours, scores }: TasteQueries, at: number): Logits {
  const { dimension } = model.rows;
  const query = queries.slice(at * dimension, (at + 1) * dimension);
  const k = (neighbours.length * dimension) / queries.length;
  const beside = neighbourScores(
    model,
    neighbours.subarray(at * k, (at + 1) * k),
    scores.subarray(at * k, (at + 1) * k),
  );
  return {
    query,
    beside,
    logit: (ordinal) =>
      model.rows.has(ordinal) ? model.rows.score(ordinal, query) + (beside.get(ordinal) ?? 0) : undefined,
  };
}

/** What a request knows of somebody's doings, as models read it: newest first, without what says nothing. */
export function toTasteEvents({ recent = [] }: Pick<MatchWork, "recent">): TasteEvent[] {
  return recent.flatMap((event) => {
    const weight = eventWeight(event);
    return weight === 0 ? [] : [{ movieId: event.movieId, weight, ageSeconds: event.ageSeconds }];
  });
}

const isLiked = ({ weight }: Seed<Cause>) => weight > 0;

/** What movies get as neighbours, by ordinal. */
export function neighbourScores(model: TasteModel, neighbours: Int32Array, scores: Float32Array): Map<number, number> {
  const found = new Map<number, number>();
  neighbours.forEach((item, at) => {
    const ordinal = model.ordinalOf(item);
    if (ordinal !== undefined) found.set(ordinal, (found.get(ordinal) ?? 0) + (scores[at] as number));
  });
  return found;
}

async function scan(query: Float32Array, { rows }: TasteModel, search: TasteSearch): Promise<number[]> {
  const { inference, signal, allowed, count: k } = search;
  const { count } = rows;
  if (count === 0) return [];
  const mask = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  // Movies may have come since the mask was made.
  mask.set(allowed.subarray(0, count));
  const [hits] = await inference.scan({ matrix: rows, queries: query, mask, k }, { signal });
  return [...(hits?.indices ?? [])];
}

function allowedOf(ordinals: Iterable<number>, { allowed }: TasteSearch): number[] {
  return [...ordinals].filter((ordinal) => allowed[ordinal] === 0);
}
