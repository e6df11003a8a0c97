import { createHash } from "node:crypto";
import { CreditRole, type Movie } from "@cinedeepmatch/contract";
import { encodingText, type MovieText } from "./movie-text.js";

/** What matching by text needs to know of a movie of the catalogue. */
export function movieTextOf(movie: Movie): MovieText {
  return {
    title: movie.title,
    ...(movie.originalTitle !== "" && { originalTitle: movie.originalTitle }),
    ...(movie.releaseYear > 0 && { releaseYear: movie.releaseYear }),
    genres: movie.genres,
    countries: movie.countries,
    languages: movie.languages,
    keywords: movie.keywords,
    synopsis: movie.synopsis,
    credits: movie.credits.map(({ displayName, role, character }) => ({
      name: displayName,
      role: CreditRole[role].toLowerCase(),
      ...(character !== "" && { character }),
    })),
  };
}

/** The text of a movie that the encoder reads. */
export function encodingTextOf(movie: Movie): string {
  return encodingText(movieTextOf(movie));
}

/** Tells whether a stored vector is of the text that a movie has now. */
export function textDigestOf(movie: Movie): string {
  return createHash("sha256").update(encodingTextOf(movie)).digest("base64url").slice(0, 22);
}
