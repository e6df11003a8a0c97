import { dot } from "../matching/affinity.js";
import { diversify } from "../matching/diversify.js";
import type { MatchHit, MatchReply, MatchWork, Reason, ScoreParts } from "../matching/match-work.js";
import type { ModelRef } from "../matching/taste-models.js";
import type { Inference } from "../onnx/inference.js";
import { InferenceError } from "../onnx/inference-error.js";
import { allowedMovies } from "./allowed-movies.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { examplePart } from "./example-part.js";
import { explainHits } from "./explain-hits.js";
import { findCandidates } from "./find-candidates.js";
import { rankByPopularity } from "./popularity.js";
import type { QueryEncoder } from "./query-encoder.js";
import { PART_WEIGHTS, type Ranked } from "./ranked.js";
import { type Parts, type Scored, scoreCandidates } from "./score-candidates.js";
import type { TasteModel } from "./taste-model.js";
import { contentTaste, modelTaste, type TastePart, type TasteSearch } from "./taste-part.js";
import { textPart } from "./text-part.js";

/** What ranking needs. */
export interface RankingParts {
  readonly replica: CatalogReplica;
  readonly inference: Inference;
  readonly encoder: QueryEncoder;
  /** Judges the taste; likeness of content does where there is none, and where it fails. */
  readonly tasteModel?: TasteModel | undefined;
}

/** What came of ranking, and of the model that should have judged the taste. */
export interface Ranking extends Pick<MatchReply, "kind" | "hits" | "more"> {
  readonly encodeMs: number;
  readonly rankMs: number;
  /** The registered model that judged the taste. */
  readonly judgedBy: ModelRef | undefined;
  /** Why the registered model did not. */
  readonly tasteFailure: InferenceError | undefined;
}

/** How many candidates each way of searching brings, at least; fusion was tuned with as many. */
const CANDIDATES = 200;

/** Ranks the replica's movies for one request. */
export async function rankMovies(work: MatchWork, given: RankingParts, signal: AbortSignal): Promise<Ranking> {
  const { replica, encoder } = given;
  const startedAt = performance.now();
  const { ranked, parts, weights, encodeMs, failure } = await judgeMovies(work, given, signal);
  const end = work.offset + work.limit;
  const varied = diversify(ranked, work.diversity, end, (a, b) => likeness(replica, a, b));
  const page = varied.slice(work.offset, end);
  const explaining = { work, replica, encoder, parts, weights, signal };
  const reasons = work.explain ? await explainHits(page, explaining) : [];
  const hits = page.map((hit, index) => toHit(hit, replica, reasons[index] ?? []));
  const rankMs = performance.now() - startedAt - encodeMs;
  const judged = { judgedBy: parts.taste.model, tasteFailure: failure };
  return { kind: "match", hits, more: varied.length > end, encodeMs, rankMs, ...judged };
}

/** All candidates of a request in order, and what judged them. */
export interface Judged extends Scored {
  readonly parts: Parts;
  readonly encodeMs: number;
  /** Why the registered model did not judge the taste. */
  readonly failure: InferenceError | undefined;
}

/** Finds the candidates of one request and scores them. */
export async function judgeMovies(
  work: MatchWork,
  { replica, inference, encoder, tasteModel }: RankingParts,
  signal: AbortSignal,
): Promise<Judged> {
  const startedAt = performance.now();
  const textVector =
    work.text === "" ? undefined : await encoder.encode(work.text, { quick: work.quick === true, signal });
  const encodeMs = performance.now() - startedAt;
  const example = examplePart(work, replica);
  const allowed = allowedMovies(work, replica);
  const end = work.offset + work.limit;
  // In steps, so that the pages of one request are mostly ranked among the same candidates.
  const count = CANDIDATES * 2 ** Math.max(0, Math.ceil(Math.log2(end / CANDIDATES)));
  const { taste, failure } = await judgeTaste(work, tasteModel, { replica, inference, signal, allowed, count });
  const vectors = [...(textVector ? [textVector] : []), ...example.queries, ...taste.queries];
  const titles = new Map(replica.titles.find(work.text).map(({ ordinal, strength }) => [ordinal, strength]));
  const named = new Set([
    ...titles.keys(),
    ...taste.proposed,
    ...work.people.flatMap(({ id, weight }) => (weight > 0 ? [...(replica.person(id)?.movies ?? [])] : [])),
  ]);
  const search = { text: work.text, vectors, named, allowed, count };
  const candidates = await findCandidates(search, replica, inference, signal);
  const text = textVector && textPart({ candidates, vector: textVector, titles, replica });
  const parts = { text, example, taste };
  const nothing = vectors.length === 0 && taste.proposed.length === 0 && work.text === "";
  const scored = nothing
    ? { ranked: rankByPopularity(replica, allowed), weights: PART_WEIGHTS }
    : scoreCandidates(candidates, work, parts);
  return { ...scored, parts, encodeMs, failure };
}

/** A registered model that fails costs nobody an answer. */
async function judgeTaste(
  work: MatchWork,
  model: TasteModel | undefined,
  search: TasteSearch,
): Promise<{ taste: TastePart; failure: InferenceError | undefined }> {
  if (model === undefined) return { taste: contentTaste(work, search.replica), failure: undefined };
  try {
    return { taste: await modelTaste(work, model, search), failure: undefined };
  } catch (error) {
    if (!(error instanceof InferenceError)) throw error;
    return { taste: contentTaste(work, search.replica), failure: error };
  }
}

function likeness(replica: CatalogReplica, a: Ranked, b: Ranked): number {
  const [x, y] = [replica.matrix.row(a.ordinal), replica.matrix.row(b.ordinal)];
  return x === undefined || y === undefined ? 0 : dot(x, y);
}

function toHit(hit: Ranked, replica: CatalogReplica, reasons: readonly Reason[]): MatchHit {
  const parts: ScoreParts = {
    ...(hit.text && { semantic: hit.text.semantic, lexical: hit.text.lexical }),
    ...(hit.example && { example: hit.example.score }),
    ...(hit.taste && { taste: hit.taste.score }),
  };
  const movieId = replica.record(hit.ordinal)?.id ?? "";
  return { movieId, score: hit.score, parts, reasons };
}
