import { dot } from "../matching/affinity.js";
import type { MatchWork, Reason } from "../matching/match-work.js";
import { withoutWords } from "../matching/without-words.js";
import { InferenceError } from "../onnx/inference-error.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { examplePart } from "./example-part.js";
import type { QueryEncoder } from "./query-encoder.js";
import type { Ranked } from "./ranked.js";
import type { Parts, Scored } from "./score-candidates.js";
import { type Cause, exampleSeeds, tasteSeeds } from "./seeds.js";

/** What explaining needs of the ranking that is explained. */
export interface Explaining {
  readonly work: MatchWork;
  readonly replica: CatalogReplica;
  readonly encoder: QueryEncoder;
  readonly parts: Parts;
  readonly weights: Scored["weights"];
  readonly signal: AbortSignal;
}

/** A possible cause, and by how much the score falls without it. */
interface Drop {
  readonly cause: Cause;
  readonly amount: number;
}

const MOST_TERMS = 4;
/** So many of the nearest examples, and of the nearest doings, are tried for each movie. */
const MOST_TRIED = 5;
/** Below this nobody would notice that the cause is gone. */
const LEAST = 1e-6;

/**
 * Why each movie is ranked where it is. Causes are found by taking each one away: the score is computed anew, on the
 * scale of this request, as if the cause had not been part of it. A cause without which the score does not fall is not
 * named, and its share is how far the score falls.
 */
export async function explainHits(hits: readonly Ranked[], explaining: Explaining): Promise<Reason[][]> {
  const { taste, example } = explaining.parts;
  const [byText, byTaste] = await Promise.all([textDrops(hits, explaining), tasteDrops(hits, explaining)]);
  const byExample = exampleDrops(hits, explaining);
  return hits.map((hit, index) => {
    const drops = [byText[index], byExample[index], byTaste[index]].filter((drop) => drop !== undefined);
    if (drops.length > 0 || hit.text || hit.example || hit.taste) return toReasons(drops);
    const asked = taste.queries.length + taste.proposed.length + example.queries.length > 0;
    const averageRating = explaining.replica.record(hit.ordinal)?.ratingAverage;
    return asked || averageRating === undefined ? [] : [{ cause: "popularity", averageRating, share: 1 }];
  });
}

function toReasons(drops: readonly Drop[]): Reason[] {
  const total = drops.reduce((sum, { amount }) => sum + amount, 0);
  return [...drops]
    .sort((a, b) => b.amount - a.amount)
    .map(({ cause, amount }) => ({ ...cause, share: amount / total }) as Reason);
}

/** The words that a movie shares with the text or, where it would be no lower without them, the text's meaning. */
async function textDrops(hits: readonly Ranked[], explaining: Explaining): Promise<(Drop | undefined)[]> {
  const { work, replica, encoder, parts, weights, signal } = explaining;
  const { text: part } = parts;
  if (part === undefined) return [];
  const encoded = new Map<string, Promise<Float32Array>>();
  const encode = (text: string) => {
    const vector = encoded.get(text) ?? encoder.encode(text, { quick: work.quick === true, signal });
    encoded.set(text, vector);
    return vector;
  };
  return Promise.all(
    hits.map(async ({ ordinal, text }): Promise<Drop | undefined> => {
      const score = text?.score ?? 0;
      const { terms, fields } = sharedWords(work.text, ordinal, replica);
      if (terms.length > 0) {
        const rest = withoutWords(work.text, terms);
        const without = part.scoreWith(ordinal, rest, rest === "" ? undefined : await encode(rest));
        const drop = toDrop({ cause: "text", terms, fields }, weights.text * (score - without));
        if (drop !== undefined) return drop;
      }
      return toDrop({ cause: "text", terms: [], fields: [] }, weights.text * score);
    }),
  );
}

/** The words of the text that a movie has, each once, where it counts most. */
function sharedWords(text: string, ordinal: number, replica: CatalogReplica): { terms: string[]; fields: string[] } {
  const found = new Map<string, string>();
  for (const { term, field } of replica.lexical.explain(text, ordinal)) {
    if (!found.has(term) && found.size < MOST_TERMS) found.set(term, field);
  }
  return { terms: [...found.keys()], fields: [...found.values()] };
}

/** The liked movie or person without which the score falls most. */
function exampleDrops(hits: readonly Ranked[], { work, replica, weights }: Explaining): (Drop | undefined)[] {
  const seeds = exampleSeeds(work, replica).filter(({ weight }) => weight > 0);
  const rests = new Map<string, ReturnType<typeof examplePart>>();
  const restOf = (cause: Cause) => {
    const id = keyOf(cause);
    const movies = cause.cause === "movie" ? work.movies.filter((movie) => movie.id !== id) : work.movies;
    const people = cause.cause === "person" ? work.people.filter((person) => person.id !== id) : work.people;
    const key = `${cause.cause} ${id}`;
    const rest = rests.get(key) ?? examplePart({ movies, people }, replica);
    rests.set(key, rest);
    return rest;
  };
  return hits.map(({ ordinal, example }) => {
    if (example === undefined) return undefined;
    const credited = seeds.filter(({ cause }) => replica.person(keyOf(cause))?.movies.has(ordinal));
    const tried = [...new Set([...credited, ...nearest(seeds, replica.matrix.row(ordinal))])];
    return strongest(
      tried.map(({ cause }) => {
        const without = restOf(cause).affinity(ordinal).score;
        return toDrop(cause, weights.example * (example.score - without));
      }),
    );
  });
}

/** What the user did without which the score falls most. */
async function tasteDrops(hits: readonly Ranked[], explaining: Explaining): Promise<(Drop | undefined)[]> {
  const { work, replica, parts, weights } = explaining;
  const seeds = tasteSeeds(work, replica).filter(({ weight }) => weight > 0);
  const triedOf = hits.map(({ ordinal, taste }) =>
    taste === undefined ? [] : nearest(seeds, replica.matrix.row(ordinal)),
  );
  const causes = new Map(triedOf.flat().map(({ cause }) => [keyOf(cause), cause]));
  const ids = [...causes.keys()];
  // A model that fails here costs its reason and not the answer.
  const rests = await parts.taste.without(ids).catch((error: unknown) => {
    if (error instanceof InferenceError) return [];
    throw error;
  });
  const without = new Map(rests.map((score, at) => [ids[at], score]));
  return hits.map(({ ordinal, taste }, index) =>
    strongest(
      (triedOf[index] ?? []).map(({ cause }) => {
        const rest = without.get(keyOf(cause))?.(ordinal);
        return rest === undefined ? undefined : toDrop(cause, weights.taste * ((taste?.score ?? 0) - rest));
      }),
    ),
  );
}

/** The seeds that have most to do with a movie. */
function nearest<S extends { vector: Float32Array; weight: number }>(
  seeds: readonly S[],
  row: Float32Array | undefined,
) {
  if (row === undefined) return [];
  const valued = seeds.map((seed) => ({ seed, value: seed.weight * dot(seed.vector, row) }));
  return valued
    .sort((a, b) => b.value - a.value)
    .slice(0, MOST_TRIED)
    .map(({ seed }) => seed);
}

function strongest(drops: readonly (Drop | undefined)[]): Drop | undefined {
  return drops.reduce<Drop | undefined>((best, drop) => {
    return drop !== undefined && drop.amount > (best?.amount ?? 0) ? drop : best;
  }, undefined);
}

function toDrop(cause: Cause, amount: number): Drop | undefined {
  return amount > LEAST ? { cause, amount } : undefined;
}

function keyOf(cause: Cause): string {
  if (cause.cause === "movie" || cause.cause === "activity") return cause.movieId;
  return cause.cause === "person" ? cause.personId : "";
}
