import { stem } from "./stem.js";
import { words } from "./tokenize.js";

/** Runs of letters and digits, apostrophes inside them included. */
const runs = /[\p{L}\p{N}][\p{L}\p{M}\p{N}'’‘`]*/gu;

/** A text without these words, in whichever form they stand in it; empty when nothing is left. */
export function withoutWords(text: string, terms: readonly string[]): string {
  const stems = new Set(terms.flatMap(words).map(stem));
  const rest = text.replaceAll(runs, (run) => (words(run).some((word) => stems.has(stem(word))) ? "" : run));
  return words(rest).length === 0 ? "" : rest.replaceAll(/\s+/g, " ").trim();
}
