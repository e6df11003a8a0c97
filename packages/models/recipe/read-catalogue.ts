import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** A film of wikipedia-movies.json.gz. */
export interface WikipediaMovie {
  title: string;
  year: number;
  cast: string[];
  genres: string[];
  href?: string;
  extract?: string;
}

/** Reads the whole file. */
export function readCatalogue(file: string): WikipediaMovie[] {
  return JSON.parse(gunzipSync(readFileSync(file)).toString());
}

/** What the server's text matching reads of a film. */
export function toMovieText({ title, year, cast, genres, extract = "" }: WikipediaMovie) {
  return {
    title,
    releaseYear: year,
    genres,
    countries: [],
    languages: [],
    keywords: [],
    synopsis: extract,
    credits: cast.map((name) => ({ name, role: "actor" })),
  };
}
