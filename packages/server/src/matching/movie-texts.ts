import { createHash } from "node:crypto";
import { CreditRole, type Movie } from "@cinedeepmatch/contract";
import type { FilmNotes } from "./film-notes.js";
import { encodingText, type MovieText } from "./movie-text.js";

/** Makes of the catalogue's movies what matching by text needs to know of them, with what the notes add. */
export class MovieTexts {
  /** Another one where texts are made in another way. */
  readonly version: string;
  readonly #notes: FilmNotes | undefined;

  /**
   * @param notes what is known of famous films beside the catalogue; nothing is added without
   * @param version tells these notes from others
   */
  constructor(notes?: FilmNotes, version = "plain") {
    this.#notes = notes;
    this.version = version;
  }

  /** What matching by text needs to know of a movie. */
  textOf(movie: Movie): MovieText {
    const text: MovieText = {
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
    return this.annotate(text);
  }

  /** The text that the encoder reads for a movie. */
  encodingTextOf(movie: Movie): string {
    return encodingText(this.textOf(movie));
  }

  /** Tells whether a stored vector is of the text that a movie has now. */
  digestOf(movie: Movie): string {
    return createHash("sha256").update(this.encodingTextOf(movie)).digest("base64url").slice(0, 22);
  }

  /** The same with its note, if there is one that says more than the movie itself. */
  annotate(text: MovieText): MovieText {
    const { title, originalTitle, releaseYear: year, credits, synopsis } = text;
    const titles = originalTitle === undefined ? [title] : [title, originalTitle];
    const actors = namesOf(credits.filter(({ role }) => role === "actor"));
    const note = this.#notes?.find({ titles, year, people: namesOf(credits), actors });
    return note === undefined || note.synopsis === synopsis ? text : { ...text, note };
  }
}

const namesOf = (credits: MovieText["credits"]) => credits.map(({ name }) => name);
