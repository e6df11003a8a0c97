import type { Movie, MovieFilter } from "@cinedeepmatch/contract";
import { foldedWords } from "./fold-text.js";

/** The lists of a movie that a filter can ask for, and the letter that marks their terms. */
const TERM_SETS = { genres: "g", languages: "l", countries: "c", keywords: "k", personIds: "p" } as const;

/** The conditions of a filter and a title query as terms; each list of terms is one that a movie must pass. */
export interface TermConditions {
  /** Terms that a movie must have. */
  readonly all: readonly string[];
  /** Of each of these lists it must have one. */
  readonly any: readonly (readonly string[])[];
  /** Terms that it must not have. */
  readonly none: readonly string[];
  /** With each of these one of its terms must begin. */
  readonly prefixes: readonly string[];
}

/**
 * The terms by which a movie is found: the lower-cased names in its lists and the folded words of its titles, each
 * with a letter for its kind. All of them are in one list, so that one index answers every mix of conditions.
 */
export function movieTerms(movie: Movie): string[] {
  const terms = new Set<string>();
  for (const name of movie.genres) terms.add(nameTerm(TERM_SETS.genres, name));
  for (const name of movie.languages) terms.add(nameTerm(TERM_SETS.languages, name));
  for (const name of movie.countries) terms.add(nameTerm(TERM_SETS.countries, name));
  for (const name of movie.keywords) terms.add(nameTerm(TERM_SETS.keywords, name));
  for (const credit of movie.credits) terms.add(personTerm(credit.personId));
  for (const word of foldedWords(`${movie.title} ${movie.originalTitle}`)) terms.add(titleTerm(word));
  return [...terms];
}

/** What a filter and a title query ask for by name. */
export function termConditions(filter: MovieFilter | undefined, titleQuery: string): TermConditions {
  const all: string[] = [];
  const any: string[][] = [];
  const none: string[] = [];
  for (const [set, kind] of Object.entries(TERM_SETS)) {
    const condition = filter?.[set as keyof typeof TERM_SETS];
    if (condition === undefined) continue;
    const terms = (names: readonly string[]) => names.map((name) => nameTerm(kind, name));
    all.push(...terms(condition.all));
    none.push(...terms(condition.none));
    if (condition.any.length > 0) any.push(terms(condition.any));
  }
  return { all, any, none, prefixes: foldedWords(titleQuery).map(titleTerm) };
}

/** The term of the movies of a person. Terms are in lower case, ids are not. */
export function personTerm(personId: string): string {
  return nameTerm(TERM_SETS.personIds, personId);
}

function titleTerm(word: string): string {
  return `w:${word}`;
}

function nameTerm(kind: string, name: string): string {
  // PostgreSQL has no NUL in texts.
  return `${kind}:${name.toLowerCase().replaceAll("\0", " ").toWellFormed()}`;
}
