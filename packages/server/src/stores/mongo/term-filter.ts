import type { MovieFilter } from "@cinedeepmatch/contract";
import type { Filter } from "mongodb";
import { foldedWords } from "../fold-text.js";
import { personTerm, termConditions } from "../movie-terms.js";
import type { MovieDocument, PersonDocument } from "./documents.js";

/** The conditions on names and title words. */
export function movieTermFilters(filter: MovieFilter | undefined, titleQuery: string): Filter<MovieDocument>[] {
  const { all, any, none, prefixes } = termConditions(filter, titleQuery);
  return [
    ...all.map((term) => ({ terms: term })),
    ...any.map((terms) => ({ terms: { $in: [...terms] } })),
    ...(none.length > 0 ? [{ terms: { $nin: [...none] } }] : []),
    ...prefixes.map((prefix) => ({ terms: { $regex: beginning(prefix) } })),
  ];
}

/** The condition that the movies of a person pass. */
export function personTermFilter(personId: string): Filter<MovieDocument> {
  return { terms: personTerm(personId) };
}

/** The conditions of names with words that begin with each word of a query. */
export function wordPrefixFilters(query: string): Filter<PersonDocument>[] {
  return foldedWords(query).map((word) => ({ words: { $regex: beginning(word) } }));
}

/** A pattern that an index answers. What follows a term's colon are letters, marks and digits: nothing to escape. */
function beginning(prefix: string): string {
  return `^${prefix}`;
}
