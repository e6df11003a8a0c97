import type { MovieText } from "./movie-text.js";

/** The fields of the lexical index, in the order of their packed counts. At most eight fit. */
export const lexicalFields = ["title", "people", "genres", "keywords", "places", "year", "synopsis", "note"] as const;

export type LexicalField = (typeof lexicalFields)[number];

/** How a field counts: `weight` multiplies a term's occurrences, `b` (0 to 1) is how much a long field discounts them. */
export interface FieldWeight {
  readonly weight: number;
  readonly b: number;
}

/**
 * Chosen on the development queries (packages/models/recipe/dev). The synopsis counts most because people describe what
 * happens; titles have an index of their own for those who type one.
 */
export const fieldWeights: Readonly<Record<LexicalField, FieldWeight>> = {
  title: { weight: 1, b: 0.3 },
  people: { weight: 1, b: 0.3 },
  genres: { weight: 1, b: 0 },
  keywords: { weight: 1, b: 0.3 },
  places: { weight: 0.5, b: 0 },
  year: { weight: 1, b: 0 },
  synopsis: { weight: 3, b: 0.3 },
  note: { weight: 2, b: 0.3 },
};

/** The text of each field of a movie. */
export function fieldTexts(movie: MovieText): Record<LexicalField, string> {
  const people = movie.credits.map(({ name, character }) => (character === undefined ? name : `${name} ${character}`));
  const { title, originalTitle = "", releaseYear } = movie;
  return {
    title: originalTitle === title ? title : `${title}\n${originalTitle}`,
    people: people.join("\n"),
    genres: movie.genres.join("\n"),
    keywords: movie.keywords.join("\n"),
    places: [...movie.countries, ...movie.languages].join("\n"),
    year: releaseYear === undefined ? "" : `${releaseYear} ${Math.floor(releaseYear / 10) * 10}s`,
    synopsis: movie.synopsis,
    note: movie.note === undefined ? "" : [movie.note.synopsis, ...movie.note.keywords].join("\n"),
  };
}
