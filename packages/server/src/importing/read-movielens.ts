import { join } from "node:path";
import { movieIdOf } from "../matching/movie-id.js";
import { cleanText } from "./clean-text.js";
import { genreName } from "./genre-name.js";
import type { MovieInit, MovieRow, OnBytesRead } from "./import-row.js";
import { readMovieLensTitle } from "./movielens-title.js";
import { readCsv } from "./read-csv.js";
import { UniqueIds } from "./unique-ids.js";

/** The source of the external ids: the `movieId` of MovieLens. */
export const MOVIELENS_SOURCE = "movielens";

const NO_GENRES = "(no genres listed)";
/** MovieLens lists it among the genres, but it is a format. */
const IMAX = "IMAX";

/** The file of a MovieLens folder that has the movies. */
export function moviesFile(folder: string): string {
  return join(folder, "movies.csv");
}

/**
 * Reads the movies of a MovieLens folder (`movies.csv`). Ids are made of title and year as everywhere, so that the
 * movies meet those that another source has brought in.
 */
export async function* readMovieLens(folder: string, onBytesRead?: OnBytesRead): AsyncGenerator<MovieRow> {
  const ids = new UniqueIds();
  const seen = new Set<string>();
  for await (const record of readCsv(moviesFile(folder), ["movieId", "title", "genres"], onBytesRead)) {
    if ("problem" in record) {
      yield record;
      continue;
    }
    const { row, fields } = record;
    const problem = problemOf(fields, seen);
    if (problem !== undefined) {
      yield { row, problem };
      continue;
    }
    seen.add(fields.movieId);
    const movie = toMovie(fields);
    yield { row, movie: { ...movie, id: ids.take(movieIdOf(movie)) } };
  }
}

interface MovieFields {
  readonly movieId: string;
  readonly title: string;
  readonly genres: string;
}

function problemOf({ movieId, title }: MovieFields, seen: ReadonlySet<string>): string | undefined {
  if (!/^\d{1,18}$/.test(movieId)) return "movieId: is no whole number";
  if (seen.has(movieId)) return `movieId: ${movieId} is in an earlier row`;
  // Tables that went through R have NA where a value is missing.
  if (title.trim() === "" || title.trim() === "NA") return "title: is missing";
  return undefined;
}

function toMovie({ movieId, title, genres }: MovieFields): MovieInit & { title: string; releaseYear: number } {
  const { year, alternateTitles, ...titles } = readMovieLensTitle(cleanText(title));
  const names = genres.split("|").filter((genre) => genre !== "" && genre !== NO_GENRES);
  return {
    ...titles,
    releaseYear: year,
    genres: [...new Set(names.filter((name) => name !== IMAX).map(genreName))],
    keywords: names.includes(IMAX) ? [IMAX] : [],
    externalIds: [{ source: MOVIELENS_SOURCE, value: movieId }],
    ...(alternateTitles.length > 0 ? { features: { alternate_titles: [...alternateTitles] } } : {}),
  };
}
