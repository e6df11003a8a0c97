import type { MatchWork } from "../matching/match-work.js";
import type { ExamplePart } from "./example-part.js";
import type { Candidates } from "./find-candidates.js";
import { PART_WEIGHTS, type Ranked } from "./ranked.js";
import type { TastePart } from "./taste-part.js";
import type { TextPart } from "./text-part.js";

/** What judges the candidates of one request. */
export interface Parts {
  /** Undefined where there is no text. */
  readonly text: TextPart | undefined;
  readonly example: ExamplePart;
  readonly taste: TastePart;
}

/** Ranked candidates, and what each part of their scores is multiplied with. */
export interface Scored {
  readonly ranked: readonly Ranked[];
  /** Over all parts of one request, the sum of its weighted parts is the score, before it is cut off at 0 and 1. */
  readonly weights: Readonly<Record<keyof typeof PART_WEIGHTS, number>>;
}

/** Scores the candidates by all parts that the request asks for; best first. */
export function scoreCandidates(candidates: Candidates, work: MatchWork, parts: Parts): Scored {
  const asksExample = work.movies.length > 0 || work.people.length > 0;
  const asksTaste = work.recent !== undefined && work.recent.length > 0;
  const judged = [...candidates.keys()].map((ordinal) => ({
    ordinal,
    text: parts.text?.of(ordinal),
    example: asksExample ? parts.example.affinity(ordinal) : undefined,
    taste: asksTaste ? parts.taste.affinity(ordinal) : undefined,
  }));
  // Beside a text, whose best match scores near 1, the other parts are measured by their own best.
  const scale = (part: "example" | "taste") => {
    if (parts.text === undefined) return 1;
    return 1 / Math.max(0.05, ...judged.map((candidate) => candidate[part]?.score ?? 0));
  };
  const asked = { text: parts.text !== undefined, example: asksExample, taste: asksTaste };
  const sum = (["text", "example", "taste"] as const).reduce(
    (total, part) => total + (asked[part] ? PART_WEIGHTS[part] : 0),
    0,
  );
  const weights = {
    text: PART_WEIGHTS.text / (sum || 1),
    example: (PART_WEIGHTS.example * scale("example")) / (sum || 1),
    taste: (PART_WEIGHTS.taste * scale("taste")) / (sum || 1),
  };
  // Beyond the ends of the scale the order still counts: of what is all disliked, the least comes first.
  const ranked = judged
    .map((candidate) => ({ candidate, value: weigh(candidate, weights) }))
    .sort((a, b) => b.value - a.value || a.candidate.ordinal - b.candidate.ordinal)
    .map(({ candidate, value }) => ({ ...candidate, score: Math.max(0, Math.min(1, value)) }));
  return { ranked, weights };
}

/** The score of a movie before it is cut off. */
export function weigh({ text, example, taste }: Omit<Ranked, "score">, weights: Scored["weights"]): number {
  return (
    weights.text * (text?.score ?? 0) + weights.example * (example?.score ?? 0) + weights.taste * (taste?.score ?? 0)
  );
}
