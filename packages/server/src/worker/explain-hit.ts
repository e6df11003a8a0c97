import type { MatchWork, Reason } from "../matching/match-work.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { PART_WEIGHTS, type Ranked } from "./ranked.js";
import type { Cause } from "./seeds.js";

const MOST_TERMS = 4;

/** Why a movie was ranked where it is: each part that raised its score, with the part's share. */
export function explainHit(hit: Ranked, work: MatchWork, replica: CatalogReplica): Reason[] {
  const raised: { cause: Cause; amount: number }[] = [];
  if (hit.text !== undefined)
    raised.push({ cause: textCause(hit.ordinal, work.text, replica), amount: PART_WEIGHTS.text * hit.text.score });
  for (const part of ["example", "taste"] as const) {
    const { score = 0, nearest } = hit[part] ?? {};
    if (nearest !== undefined) raised.push({ cause: nearest.cause, amount: PART_WEIGHTS[part] * score });
  }
  const positive = raised.filter(({ amount }) => amount > 0);
  const total = positive.reduce((sum, { amount }) => sum + amount, 0);
  if (positive.length > 0) {
    return positive
      .sort((a, b) => b.amount - a.amount)
      .map(({ cause, amount }) => ({ ...cause, share: amount / total }) as Reason);
  }
  const averageRating = replica.record(hit.ordinal)?.ratingAverage;
  return averageRating === undefined ? [] : [{ cause: "popularity", averageRating, share: 1 }];
}

/** The words that the movie has, each once, where it counts most. */
function textCause(ordinal: number, text: string, replica: CatalogReplica): Cause {
  const terms: string[] = [];
  const fields: string[] = [];
  for (const { term, field } of replica.lexical.explain(text, ordinal)) {
    if (terms.includes(term) || terms.length === MOST_TERMS) continue;
    terms.push(term);
    fields.push(field);
  }
  return { cause: "text", terms, fields };
}
