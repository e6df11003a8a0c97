import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { filmNotesPath } from "@cinedeepmatch/models";
import { type FilmNote, FilmNotes } from "../matching/film-notes.js";
import { MovieTexts } from "../matching/movie-texts.js";
import { STARTER_CATALOG } from "./starter-catalog.js";

/**
 * How movies' texts are made: with the notes on famous films, which are those that ship and the starter catalogue's own,
 * or without where they are off.
 */
export async function openMovieTexts({ filmNotes }: { readonly filmNotes: boolean }): Promise<MovieTexts> {
  if (!filmNotes) return new MovieTexts();
  const [noted, starter] = await Promise.all([readFile(filmNotesPath, "utf8"), readFile(STARTER_CATALOG, "utf8")]);
  const notes = [...lines<FilmNote>(noted), ...lines<StarterMovie>(starter).map(toNote)];
  const digest = createHash("sha256").update(noted).update(starter).digest("hex").slice(0, 8);
  return new MovieTexts(new FilmNotes(notes), `notes.${digest}`);
}

/** What a line of the starter catalogue has that a note needs. */
interface StarterMovie {
  readonly title: string;
  readonly originalTitle?: string;
  readonly releaseYear: number;
  readonly synopsis: string;
  readonly keywords: readonly string[];
  readonly credits: readonly { readonly displayName: string }[];
}

function toNote({ title, originalTitle, releaseYear: year, synopsis, keywords, credits }: StarterMovie): FilmNote {
  const otherTitles = originalTitle === undefined ? [] : [originalTitle];
  return { title, otherTitles, year, people: credits.map(({ displayName }) => displayName), synopsis, keywords };
}

function lines<T>(text: string): T[] {
  return text.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as T)));
}
