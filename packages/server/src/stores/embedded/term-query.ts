import type { MovieFilter } from "@cinedeepmatch/contract";
import { foldedWords } from "../fold-text.js";
import { personTerm, termConditions } from "../movie-terms.js";

/** A tsquery for the conditions on names and title words; undefined when there are none. */
export function movieTermQuery(filter: MovieFilter | undefined, titleQuery: string): string | undefined {
  const { all, any, none, prefixes } = termConditions(filter, titleQuery);
  const conditions = [
    ...prefixes.map((prefix) => `${quoted(prefix)}:*`),
    ...all.map(quoted),
    ...none.map((term) => `!${quoted(term)}`),
    ...any.map((terms) => `(${terms.map(quoted).join(" | ")})`),
  ];
  return conditions.length > 0 ? conditions.join(" & ") : undefined;
}

/** A tsquery for the movies of a person. */
export function personTermQuery(personId: string): string {
  return quoted(personTerm(personId));
}

/** A tsquery for texts with words that begin with each word of a query; undefined when the query has no word. */
export function wordPrefixQuery(query: string): string | undefined {
  const words = foldedWords(query);
  return words.length > 0 ? words.map((word) => `${quoted(word)}:*`).join(" & ") : undefined;
}

function quoted(term: string): string {
  return `'${term.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
