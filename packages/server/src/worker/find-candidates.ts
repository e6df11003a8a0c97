import type { Inference } from "../onnx/inference.js";
import type { CatalogReplica } from "./catalog-replica.js";

/** What to look for. */
export interface Search {
  /** Empty for none. */
  readonly text: string;
  /** Unit vectors to look near to. */
  readonly vectors: readonly Float32Array[];
  /** Ordinals that are candidates in any case, where allowed. */
  readonly named: Iterable<number>;
  /** 0 where an ordinal may be found, -Infinity where not. */
  readonly allowed: Float32Array;
  /** How many to find by each vector and by the text's words. */
  readonly count: number;
}

/** The movies found, each with the score of its words: 0 where there is no text or no word in common. */
export type Candidates = ReadonlyMap<number, { readonly lexical: number }>;

/** Finds what is worth ranking: the nearest by vector (exactly), the best by words, and what was named. */
export async function findCandidates(
  search: Search,
  replica: CatalogReplica,
  inference: Inference,
  signal: AbortSignal,
): Promise<Candidates> {
  const found = new Set<number>();
  const { allowed, text, count } = search;
  for (const ordinal of search.named) if (allowed[ordinal] === 0) found.add(ordinal);
  for (const hits of await scan(search, replica, inference, signal)) for (const ordinal of hits) found.add(ordinal);
  if (text === "") return new Map([...found].map((ordinal) => [ordinal, { lexical: 0 }]));
  const best = replica.lexical.search(text, { limit: count, accept: (ordinal) => allowed[ordinal] === 0 });
  const lexical = new Map(best.map(({ ordinal, score }) => [ordinal, score]));
  // The words of what was found otherwise count as well.
  const others = (ordinal: number) => found.has(ordinal) && !lexical.has(ordinal);
  for (const { ordinal, score } of replica.lexical.search(text, { limit: found.size, accept: others })) {
    lexical.set(ordinal, score);
  }
  return new Map([...new Set([...found, ...lexical.keys()])].map((o) => [o, { lexical: lexical.get(o) ?? 0 }]));
}

async function scan(search: Search, replica: CatalogReplica, inference: Inference, signal: AbortSignal) {
  const { vectors, allowed, count: k } = search;
  const { matrix } = replica;
  if (vectors.length === 0 || matrix.count === 0) return [];
  const queries = new Float32Array(vectors.length * matrix.dimension);
  for (const [index, vector] of vectors.entries()) queries.set(vector, index * matrix.dimension);
  const mask = allowed.subarray(0, matrix.count);
  const hits = await inference.scan({ matrix, queries, mask, k }, { signal });
  return hits.map(({ indices, values }) => indices.filter((_, index) => values[index] !== -Infinity));
}
