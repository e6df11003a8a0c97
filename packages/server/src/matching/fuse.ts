/** A movie found by its meaning, by its words, or both. */
export interface Candidate {
  readonly ordinal: number;
  /** Cosine of query and movie, -1 to 1. Exact for every candidate, whichever way it was found. */
  readonly dense: number;
  /** Lexical score, 0 or more. Exact for every candidate. */
  readonly lexical: number;
  /** How far the query is the movie's title, 0 to 1; absent counts as 0. */
  readonly title?: number;
}

/** A candidate with its place in the order. Scores compare within one response only. */
export interface Fused {
  readonly ordinal: number;
  /** 0 to 1. */
  readonly score: number;
  /** The two parts of the score before they are weighed, each 0 to 1. */
  readonly semantic: number;
  readonly lexical: number;
}

/** How much meaning counts against words, 0 to 1. Chosen on the development queries. */
export const denseWeight = 0.5;

/** Where the scores of movies whose title is the query begin, and where those of all others end. */
const titlesFrom = 0.85;
const othersTo = 0.84;
/** How much of what is missing to the best a title in part (its year is another) makes up for. */
const partOfTitle = 0.5;

/** What the scores of one request's candidates are measured by. */
export interface FusionScale {
  readonly lowest: number;
  readonly highest: number;
  readonly mostLexical: number;
}

/**
 * Both scores are put on 0 to 1 over the candidates: cosines from the lowest to the highest, word scores from zero
 * (nothing matched, which means something) to the highest.
 */
export function fusionScale(candidates: readonly Candidate[]): FusionScale {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  let mostLexical = 0;
  for (const { dense, lexical } of candidates) {
    lowest = Math.min(lowest, dense);
    highest = Math.max(highest, dense);
    mostLexical = Math.max(mostLexical, lexical);
  }
  return { lowest, highest, mostLexical };
}

/** Fuses meaning and words of one candidate. A movie whose title is the query comes before all others. */
export function fuseOne(candidate: Candidate, scale: FusionScale, weight = denseWeight): Fused {
  const { ordinal, dense, lexical, title = 0 } = candidate;
  const { lowest, highest, mostLexical } = scale;
  const range = highest - lowest;
  const semantic = range > 0 ? (dense - lowest) / range : 1;
  const words = mostLexical > 0 ? lexical / mostLexical : 0;
  // Without any word in common only the meaning is left to judge by.
  const mixed = mostLexical > 0 ? weight * semantic + (1 - weight) * words : semantic;
  const helped = mixed + partOfTitle * title * (1 - mixed);
  const score = title >= 1 ? titlesFrom + (1 - titlesFrom) * mixed : othersTo * helped;
  return { ordinal, score, semantic, lexical: words };
}

/** Fuses meaning and words into one order, best first. */
export function fuse(candidates: readonly Candidate[], weight = denseWeight): Fused[] {
  const scale = fusionScale(candidates);
  return candidates
    .map((candidate) => fuseOne(candidate, scale, weight))
    .sort((a, b) => b.score - a.score || a.ordinal - b.ordinal);
}
