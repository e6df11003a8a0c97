import type { MatchWork } from "../../matching/match-work.js";
import { examplePart } from "../../worker/example-part.js";
import { explainHits } from "../../worker/explain-hits.js";
import { type Judged, judgeMovies, type RankingParts } from "../../worker/rank-movies.js";
import { weigh } from "../../worker/score-candidates.js";
import { contentTaste } from "../../worker/taste-part.js";
import { takeAway } from "./take-away.js";

/** What came of taking away the cause that one result names first. */
export interface CheckedReason {
  /** For example `text` or `activity`; undefined where the result names none. */
  readonly cause: string | undefined;
  readonly fell: boolean;
}

/**
 * Explains the first results of a request, and for each takes what it names first out of the request and judges anew.
 *
 * The score that is compared is the weighted sum of the parts on the scale of the request as it was. A score by itself
 * is measured against the best of its own answer, so that the first result always has about the same.
 */
export async function checkReasons(work: MatchWork, parts: RankingParts, count: number): Promise<CheckedReason[]> {
  const { signal } = new AbortController();
  const judged = await judgeMovies(work, parts, signal);
  const page = judged.ranked.slice(0, count);
  const reasons = await explainHits(page, { ...parts, work, parts: judged.parts, weights: judged.weights, signal });
  const checked: CheckedReason[] = [];
  for (const [index, hit] of page.entries()) {
    const [strongest] = reasons[index] ?? [];
    const rest = strongest && takeAway(work, strongest);
    if (strongest === undefined || rest === undefined) {
      checked.push({ cause: undefined, fell: false });
      continue;
    }
    const before = weigh(hit, judged.weights);
    checked.push({ cause: strongest.cause, fell: (await scoreOf(hit.ordinal, rest, judged, parts)) < before });
  }
  return checked;
}

/** The score of a movie for another request, on the scale of the judged one. */
async function scoreOf(ordinal: number, work: MatchWork, judged: Judged, parts: RankingParts): Promise<number> {
  const { replica, encoder } = parts;
  const reading = { quick: work.quick === true, signal: new AbortController().signal };
  const vector = work.text === "" ? undefined : await encoder.encode(work.text, reading);
  const text = judged.parts.text?.scoreWith(ordinal, work.text, vector) ?? 0;
  const example = examplePart(work, replica).affinity(ordinal).score;
  const taste = contentTaste(work, replica).affinity(ordinal).score;
  const { weights } = judged;
  return weights.text * text + weights.example * example + weights.taste * taste;
}
