/** What the visitor wants to see of the catalogue. */
export interface Filters {
  genres: readonly string[];
  /** First years of decades. */
  from: number | undefined;
  to: number | undefined;
}

/** Asks for nothing. */
export const noFilters: Filters = { genres: [], from: undefined, to: undefined };

/** The genres to choose from. */
export const genres = [
  "Action",
  "Adventure",
  "Animation",
  "Comedy",
  "Crime",
  "Documentary",
  "Drama",
  "Family",
  "Fantasy",
  "History",
  "Horror",
  "Music",
  "Mystery",
  "Romance",
  "Science Fiction",
  "Thriller",
  "War",
  "Western",
] as const;

/** The decades to choose from, oldest first. */
export const decades = [1920, 1930, 1940, 1950, 1960, 1970, 1980, 1990, 2000, 2010, 2020] as const;

/** Tells whether the filters leave anything out. */
export function isFiltering({ genres, from, to }: Filters): boolean {
  return genres.length > 0 || from !== undefined || to !== undefined;
}

/** The filters as the API wants them. */
export function movieFilter({ genres, from, to }: Filters) {
  return {
    ...(genres.length > 0 && { genres: { any: [...genres] } }),
    ...((from !== undefined || to !== undefined) && {
      releaseYear: { ...(from !== undefined && { min: from }), ...(to !== undefined && { max: to + 9 }) },
    }),
  };
}
