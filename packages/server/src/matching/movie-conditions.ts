import type { MovieFilter, StringSetFilter } from "@cinedeepmatch/contract";
import { foldName, type MovieRecord } from "./movie-record.js";

/** Whether a movie passes. */
export type Condition = (movie: MovieRecord) => boolean;

/** The conditions of a filter as one function; undefined when the filter asks for nothing. */
export function compileFilter(filter: MovieFilter | undefined): Condition | undefined {
  if (filter === undefined) return undefined;
  const conditions = [
    namesCondition(filter.genres, ({ genres }) => genres),
    namesCondition(filter.languages, ({ languages }) => languages),
    namesCondition(filter.countries, ({ countries }) => countries),
    namesCondition(filter.keywords, ({ keywords }) => keywords),
    namesCondition(filter.personIds, ({ personIds }) => personIds.map(foldName)),
    rangeCondition(filter.releaseYear, ({ releaseYear }) => (releaseYear > 0 ? releaseYear : undefined)),
    rangeCondition(filter.runtimeMinutes, ({ runtimeMinutes }) => (runtimeMinutes > 0 ? runtimeMinutes : undefined)),
    rangeCondition(filter.rating, ({ ratingAverage }) => ratingAverage),
    filter.minRatingCount && ratedAtLeast(Number(filter.minRatingCount)),
    filter.ids.length > 0 && oneOf(new Set(filter.ids)),
  ].filter((condition) => typeof condition === "function");
  if (conditions.length === 0) return undefined;
  return (movie) => conditions.every((condition) => condition(movie));
}

function namesCondition(
  filter: StringSetFilter | undefined,
  namesOf: (movie: MovieRecord) => readonly string[],
): Condition | undefined {
  if (filter === undefined) return undefined;
  const any = new Set(filter.any.map(foldName));
  const all = filter.all.map(foldName);
  const none = new Set(filter.none.map(foldName));
  return (movie) => {
    const names = namesOf(movie);
    if (any.size > 0 && !names.some((name) => any.has(name))) return false;
    return all.every((name) => names.includes(name)) && !names.some((name) => none.has(name));
  };
}

function rangeCondition(
  range: { readonly min?: number | undefined; readonly max?: number | undefined } | undefined,
  read: (movie: MovieRecord) => number | undefined,
): Condition | undefined {
  const { min = -Infinity, max = Infinity } = range ?? {};
  if (min === -Infinity && max === Infinity) return undefined;
  return (movie) => {
    const value = read(movie);
    return value !== undefined && value >= min && value <= max;
  };
}

function ratedAtLeast(count: number): Condition {
  return ({ ratingCount }) => ratingCount >= count;
}

function oneOf(ids: ReadonlySet<string>): Condition {
  return ({ id }) => ids.has(id);
}
