import type { Movie } from "@cinedeepmatch/contract";
import { foldText } from "./fold-text.js";

/** Sorts behind every rating. */
const NO_RATING = -1;

/** What movies are ordered and bounded by. */
export interface MovieKeys {
  /** The folded title. */
  readonly titleKey: string;
  /** 0 when unknown. */
  readonly releaseYear: number;
  /** 0 when unknown. */
  readonly runtimeMinutes: number;
  /** -1 without ratings. */
  readonly rating: number;
  readonly ratingCount: bigint;
}

/** The keys of a movie. */
export function movieKeys(movie: Movie): MovieKeys {
  return {
    titleKey: foldText(movie.title).replaceAll("\0", " ").slice(0, 200).toWellFormed(),
    releaseYear: movie.releaseYear,
    runtimeMinutes: movie.runtimeMinutes,
    rating: movie.rating?.average ?? NO_RATING,
    ratingCount: movie.rating?.count ?? 0n,
  };
}
