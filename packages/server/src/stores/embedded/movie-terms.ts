import type { Movie, MovieFilter, StringSetFilter } from "@cinedeepmatch/contract";
import { foldedWords } from "../fold-text.js";

/** The lists of a movie that a filter can ask for, and the letter that marks their terms. */
const SETS = { genres: "g", languages: "l", countries: "c", keywords: "k", personIds: "p" } as const;
const TITLE_WORD = "w";

/**
 * The terms by which a movie is found: the lower-cased names in its lists and the folded words of its titles, each
 * with a letter for its kind. All of them are in one tsvector, so that one index answers every mix of conditions.
 */
export function movieTerms(movie: Movie): string[] {
  const terms = new Set<string>();
  for (const name of movie.genres) terms.add(nameTerm(SETS.genres, name));
  for (const name of movie.languages) terms.add(nameTerm(SETS.languages, name));
  for (const name of movie.countries) terms.add(nameTerm(SETS.countries, name));
  for (const name of movie.keywords) terms.add(nameTerm(SETS.keywords, name));
  for (const credit of movie.credits) terms.add(nameTerm(SETS.personIds, credit.personId));
  for (const word of foldedWords(`${movie.title} ${movie.originalTitle}`)) terms.add(`${TITLE_WORD}:${word}`);
  return [...terms];
}

/** A tsquery for the conditions on names and title words; undefined when there are none. */
export function movieTermQuery(filter: MovieFilter | undefined, titleQuery: string): string | undefined {
  const conditions = foldedWords(titleQuery).map((word) => `${quoted(`${TITLE_WORD}:${word}`)}:*`);
  for (const [set, kind] of Object.entries(SETS)) {
    const condition = filter?.[set as keyof typeof SETS];
    if (condition !== undefined) conditions.push(...setConditions(kind, condition));
  }
  return conditions.length > 0 ? conditions.join(" & ") : undefined;
}

/** A tsquery for the movies of a person. */
export function personTermQuery(personId: string): string {
  return quoted(nameTerm(SETS.personIds, personId));
}

/** A tsquery for texts with words that begin with each word of a query; undefined when the query has no word. */
export function wordPrefixQuery(query: string): string | undefined {
  const words = foldedWords(query);
  return words.length > 0 ? words.map((word) => `${quoted(word)}:*`).join(" & ") : undefined;
}

function setConditions(kind: string, filter: StringSetFilter): string[] {
  const terms = (names: readonly string[]) => names.map((name) => quoted(nameTerm(kind, name)));
  const conditions = [...terms(filter.all), ...terms(filter.none).map((term) => `!${term}`)];
  if (filter.any.length > 0) conditions.push(`(${terms(filter.any).join(" | ")})`);
  return conditions;
}

function nameTerm(kind: string, name: string): string {
  // PostgreSQL has no NUL in texts.
  return `${kind}:${name.toLowerCase().replaceAll("\0", " ").toWellFormed()}`;
}

function quoted(term: string): string {
  return `'${term.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
