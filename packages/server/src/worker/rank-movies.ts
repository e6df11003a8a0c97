import { type Affinity, dot, Profile } from "../matching/affinity.js";
import { diversify } from "../matching/diversify.js";
import { type Fused, fuse } from "../matching/fuse.js";
import type { MatchHit, MatchReply, MatchWork, ScoreParts } from "../matching/match-work.js";
import type { Inference } from "../onnx/inference.js";
import { allowedMovies } from "./allowed-movies.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { explainHit } from "./explain-hit.js";
import { type Candidates, findCandidates } from "./find-candidates.js";
import { rankByPopularity } from "./popularity.js";
import type { QueryEncoder } from "./query-encoder.js";
import { PART_WEIGHTS, type Ranked } from "./ranked.js";
import { type Cause, exampleSeeds, tasteSeeds } from "./seeds.js";

/** What ranking needs. */
export interface RankingParts {
  readonly replica: CatalogReplica;
  readonly inference: Inference;
  readonly encoder: QueryEncoder;
}

/** How many candidates each way of searching brings, at least; fusion was tuned with as many. */
const CANDIDATES = 200;
const QUERIES_PER_PROFILE = 8;

/** Ranks the replica's movies for one request. */
export async function rankMovies(
  work: MatchWork,
  { replica, inference, encoder }: RankingParts,
  signal: AbortSignal,
): Promise<Omit<MatchReply, "model" | "timings"> & { encodeMs: number; rankMs: number }> {
  const startedAt = performance.now();
  const textVector = work.text === "" ? undefined : await encoder.encode(work.text, signal);
  const encodedAt = performance.now();
  const example = new Profile(exampleSeeds(work, replica));
  const taste = new Profile(tasteSeeds(work, replica));
  const allowed = allowedMovies(work, replica);
  const vectors = [
    ...(textVector ? [textVector] : []),
    ...example.queries(QUERIES_PER_PROFILE),
    ...taste.queries(QUERIES_PER_PROFILE),
  ];
  const titles = new Map(replica.titles.find(work.text).map(({ ordinal, strength }) => [ordinal, strength]));
  const named = new Set([
    ...titles.keys(),
    ...work.people.flatMap(({ id, weight }) => (weight > 0 ? [...(replica.person(id)?.movies ?? [])] : [])),
  ]);
  const end = work.offset + work.limit;
  // In steps, so that the pages of one request are mostly ranked among the same candidates.
  const count = CANDIDATES * 2 ** Math.max(0, Math.ceil(Math.log2(end / CANDIDATES)));
  const search = { text: work.text, vectors, named, allowed, count };
  const candidates = await findCandidates(search, replica, inference, signal);
  const ranked =
    vectors.length === 0 && work.text === ""
      ? rankByPopularity(replica, allowed)
      : scoreCandidates(candidates, { replica, work, titles, textVector, example, taste });
  const varied = diversify(ranked, work.diversity, end, (a, b) => likeness(replica, a, b));
  const hits = varied.slice(work.offset, end).map((hit) => toHit(hit, work, replica));
  const rankMs = performance.now() - encodedAt;
  return { kind: "match", hits, more: varied.length > end, encodeMs: encodedAt - startedAt, rankMs };
}

interface Wanted {
  readonly work: MatchWork;
  readonly replica: CatalogReplica;
  readonly textVector: Float32Array | undefined;
  readonly example: Profile<Cause>;
  readonly taste: Profile<Cause>;
  /** The movies whose title the text is, and how surely. */
  readonly titles: ReadonlyMap<number, number>;
}

function scoreCandidates(candidates: Candidates, wanted: Wanted): Ranked[] {
  const { work, replica, textVector } = wanted;
  const asksExample = work.movies.length > 0 || work.people.length > 0;
  const asksTaste = work.recent !== undefined && work.recent.length > 0;
  const text = textVector && fuseText(candidates, textVector, wanted);
  const people = work.people.filter(({ weight }) => weight !== 0);
  const scored = [...candidates.keys()].map((ordinal) => {
    const row = replica.matrix.row(ordinal);
    const example = asksExample ? withPeople(affinity(wanted.example, row), ordinal, people, replica) : undefined;
    const taste = asksTaste ? affinity(wanted.taste, row) : undefined;
    return { ordinal, text: text?.get(ordinal), example, taste };
  });
  // Beside a text, whose best match scores near 1, the other parts are measured by their own best.
  const scale = (part: "example" | "taste") => {
    if (text === undefined) return 1;
    return 1 / Math.max(0.05, ...scored.map((candidate) => candidate[part]?.score ?? 0));
  };
  const [exampleScale, tasteScale] = [scale("example"), scale("taste")];
  return scored
    .map((candidate) => ({ ...candidate, score: total(candidate, exampleScale, tasteScale) }))
    .sort((a, b) => b.score - a.score || a.ordinal - b.ordinal);
}

function total(candidate: Omit<Ranked, "score">, exampleScale: number, tasteScale: number): number {
  const parts: [number, number | undefined][] = [
    [PART_WEIGHTS.text, candidate.text?.score],
    [PART_WEIGHTS.example, candidate.example && candidate.example.score * exampleScale],
    [PART_WEIGHTS.taste, candidate.taste && candidate.taste.score * tasteScale],
  ];
  let sum = 0;
  let weights = 0;
  for (const [weight, score] of parts) {
    if (score === undefined) continue;
    sum += weight * score;
    weights += weight;
  }
  return Math.max(0, Math.min(1, sum / (weights || 1)));
}

function fuseText(candidates: Candidates, query: Float32Array, { replica, titles }: Wanted): Map<number, Fused> {
  const fused = fuse(
    [...candidates].map(([ordinal, { lexical }]) => {
      const row = replica.matrix.row(ordinal);
      return { ordinal, lexical, dense: row === undefined ? 0 : dot(query, row), title: titles.get(ordinal) ?? 0 };
    }),
  );
  return new Map(fused.map((entry) => [entry.ordinal, entry]));
}

/** A movie that has not been encoded yet is near to nothing. */
function affinity(profile: Profile<Cause>, row: Float32Array | undefined): Affinity<Cause> {
  return row === undefined ? { score: 0, nearest: undefined } : profile.affinity(row);
}

/** Whoever likes a person wants that person's movies first, and whoever dislikes one wants none of them. */
const CREDIT_BONUS = 0.5;

function withPeople(
  base: Affinity<Cause>,
  ordinal: number,
  people: MatchWork["people"],
  replica: CatalogReplica,
): Affinity<Cause> {
  let { score, nearest } = base;
  for (const { id, weight } of people) {
    const person = replica.person(id);
    if (person === undefined || !person.movies.has(ordinal)) continue;
    score += CREDIT_BONUS * weight;
    const cause = { cause: "person", personId: id, displayName: person.displayName } as const;
    if (weight > 0) nearest = { vector: new Float32Array(), weight, cause };
  }
  return { score: Math.max(-1, Math.min(1, score)), nearest };
}

function likeness(replica: CatalogReplica, a: Ranked, b: Ranked): number {
  const [x, y] = [replica.matrix.row(a.ordinal), replica.matrix.row(b.ordinal)];
  return x === undefined || y === undefined ? 0 : dot(x, y);
}

function toHit(hit: Ranked, work: MatchWork, replica: CatalogReplica): MatchHit {
  const parts: ScoreParts = {
    ...(hit.text && { semantic: hit.text.semantic, lexical: hit.text.lexical }),
    ...(hit.example && { example: hit.example.score }),
    ...(hit.taste && { taste: hit.taste.score }),
  };
  const movieId = replica.record(hit.ordinal)?.id ?? "";
  return { movieId, score: hit.score, parts, reasons: work.explain ? explainHit(hit, work, replica) : [] };
}
