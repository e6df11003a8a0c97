import type { Movie } from "@cinedeepmatch/contract";

/** What a model worker keeps of each movie to filter and explain with. Names are folded for comparison. */
export interface MovieRecord {
  readonly id: string;
  readonly title: string;
  /** 0 when unknown. */
  readonly releaseYear: number;
  /** 0 when unknown. */
  readonly runtimeMinutes: number;
  /** Undefined for a movie without ratings. */
  readonly ratingAverage: number | undefined;
  readonly ratingCount: number;
  readonly genres: readonly string[];
  readonly languages: readonly string[];
  readonly countries: readonly string[];
  readonly keywords: readonly string[];
  readonly personIds: readonly string[];
}

/** Names that differ only in case are the same name. */
export function foldName(name: string): string {
  return name.toLowerCase();
}

/** The record of a movie. */
export function toMovieRecord(movie: Movie): MovieRecord {
  return {
    id: movie.id,
    title: movie.title,
    releaseYear: movie.releaseYear,
    runtimeMinutes: movie.runtimeMinutes,
    ratingAverage: movie.rating?.average,
    ratingCount: Number(movie.rating?.count ?? 0n),
    genres: movie.genres.map(foldName),
    languages: movie.languages.map(foldName),
    countries: movie.countries.map(foldName),
    keywords: movie.keywords.map(foldName),
    personIds: [...new Set(movie.credits.map(({ personId }) => personId))],
  };
}
