import { CreditRole } from "@cinedeepmatch/contract";
import { movieIdOf } from "../matching/movie-id.js";
import { cleanText } from "./clean-text.js";
import { genreName } from "./genre-name.js";
import type { MovieRow, OnBytesRead } from "./import-row.js";
import { openBytes } from "./open-bytes.js";
import { parseJson } from "./parse-json.js";
import { splitArray } from "./split-array.js";
import { UniqueIds } from "./unique-ids.js";

/** The source of the external ids: the last part of the article's address, as the file has it. */
export const WIKIPEDIA_SOURCE = "wikipedia";

const [FIRST_YEAR, LAST_YEAR] = [1870, 2200];
const MAX_EXTERNAL_ID = 300;
const MAX_NAME = 200;

/**
 * Reads the JSON array of github.com/prust/wikipedia-movie-data, plain or gzip. Movies get ids made of title and year;
 * where several share them, the later ones get `-2`, `-3` in the order of the file. An article that several rows link
 * to becomes the external id of the first only, because each external id belongs to one movie.
 */
export async function* readWikipedia(path: string, onBytesRead?: OnBytesRead): AsyncGenerator<MovieRow> {
  const ids = new UniqueIds();
  const articles = new Set<string>();
  for await (const element of splitArray(openBytes(path, onBytesRead))) {
    if ("problem" in element) {
      yield element;
      continue;
    }
    const { row } = element;
    const parsed = parseJson(element.bytes);
    const read = "problem" in parsed ? parsed : readMovie(parsed.value);
    if ("problem" in read) {
      yield { row, problem: read.problem };
      continue;
    }
    const { article, ...movie } = read;
    const isFirst = article !== undefined && !articles.has(article);
    if (isFirst) articles.add(article);
    const externalIds = isFirst ? [{ source: WIKIPEDIA_SOURCE, value: article }] : [];
    yield { row, movie: { ...movie, id: ids.take(movieIdOf(movie)), externalIds } };
  }
}

interface ReadMovie {
  readonly title: string;
  readonly releaseYear: number;
  readonly genres: string[];
  readonly synopsis: string;
  readonly credits: { displayName: string; role: CreditRole }[];
  readonly posterUri: string;
  /** The last part of the article's address. */
  readonly article: string | undefined;
}

function readMovie(value: unknown): ReadMovie | { readonly problem: string } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { problem: "is no JSON object" };
  const { title, year, cast, genres, href, extract, thumbnail } = value as Record<string, unknown>;
  if (typeof title !== "string" || cleanText(title) === "") return { problem: "title: is missing" };
  const releaseYear = year ?? 0;
  if (typeof releaseYear !== "number" || !Number.isInteger(releaseYear)) return { problem: "year: is no whole number" };
  if (releaseYear !== 0 && (releaseYear < FIRST_YEAR || releaseYear > LAST_YEAR)) {
    return { problem: `year: ${releaseYear} is not between ${FIRST_YEAR} and ${LAST_YEAR}` };
  }
  if (!isListOfTexts(cast)) return { problem: "cast: is no list of names" };
  if (!isListOfTexts(genres)) return { problem: "genres: is no list of names" };
  return {
    title: cleanTitle(title),
    releaseYear,
    genres: distinct((genres ?? []).map((genre) => genreName(cleanText(genre)))),
    synopsis: typeof extract === "string" ? cleanText(extract) : "",
    credits: distinct((cast ?? []).map(cleanName)).map((displayName) => ({ displayName, role: CreditRole.ACTOR })),
    posterUri: typeof thumbnail === "string" && /^https?:\/\//.test(thumbnail) ? thumbnail : "",
    article: typeof href === "string" && href !== "" && href.length <= MAX_EXTERNAL_ID ? href : undefined,
  };
}

function isListOfTexts(value: unknown): value is readonly string[] | undefined | null {
  return value == null || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].filter((name) => name !== "");
}

/** Without the mark of a link to another language's Wikipedia, as in `Fly by Night [fr]`. */
function cleanTitle(title: string): string {
  const clean = cleanText(title);
  return clean.replace(/ \[[a-z]{2,3}\]$/, "");
}

/**
 * A name from a cast, or nothing where it is none: the file was made from wiki markup by splitting at links and
 * commas, which left brackets, footnotes, `(narrator)` and the ends of remarks behind.
 */
function cleanName(name: string): string {
  const bare = cleanText(name)
    .replace(/\[[a-z0-9]{0,3}\]/g, "")
    .replace(/\[\[|\]\]/g, "")
    .replace(/ \([^()]*\)$/, "")
    .trim();
  const isRemark = /^\(.*\)$/.test(bare) || bare.split("(").length !== bare.split(")").length;
  return isRemark || !/[\p{L}\p{N}]/u.test(bare) ? "" : bare.slice(0, MAX_NAME);
}
