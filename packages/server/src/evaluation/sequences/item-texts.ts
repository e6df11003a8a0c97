import { create } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import { ImportFileError } from "../../importing/import-row.js";
import { readMovieLensTitle } from "../../importing/movielens-title.js";
import { readCsv } from "../../importing/read-csv.js";
import { readWikipedia } from "../../importing/read-wikipedia.js";
import { movieFacts } from "../../matching/movie-facts.js";
import { movieIdOf } from "../../matching/movie-id.js";
import { encodingText, type MovieText } from "../../matching/movie-text.js";
import { MovieTexts } from "../../matching/movie-texts.js";

/** What the text encoder reads of each item, by the name that the sequences give it, and the item's facts. */
export type ItemTexts = ReadonlyMap<string, { readonly text: string; readonly facts: Float32Array }>;

/**
 * Reads items from a CSV file with the columns item, title and genres (`Heat (1995)`, `Crime|Drama`).
 *
 * @param movies a file of Wikipedia data; items whose title and year are in it get its text and people too
 */
export async function readItemTexts(items: string, movies?: string): Promise<ItemTexts> {
  const articles = movies === undefined ? new Map<string, MovieText>() : await readArticles(movies);
  const texts = new Map<string, { text: string; facts: Float32Array }>();
  for await (const row of readCsv(items, ["item", "title", "genres"])) {
    if ("problem" in row) throw new ImportFileError(`${items}:${row.row}: ${row.problem}`);
    const { item, title: written, genres } = row.fields;
    const read = readMovieLensTitle(written);
    const names = [read.title, read.originalTitle, ...read.alternateTitles].filter((title) => title !== "");
    // Around the turn of a year, sources disagree on when a movie came out.
    const years = [read.year, read.year + 1, read.year - 1];
    const keys = names.flatMap((title) => years.map((releaseYear) => movieIdOf({ title, releaseYear })));
    const article = keys.map((key) => articles.get(key)).find((found) => found !== undefined);
    const own = { title: read.title, releaseYear: read.year, genres: genres.split("|") };
    texts.set(item, { text: encodingText({ ...NOTHING, ...article, ...own }), facts: movieFacts(own) });
  }
  return texts;
}

const NOTHING = { countries: [], languages: [], keywords: [], synopsis: "", credits: [] };

async function readArticles(path: string): Promise<Map<string, MovieText>> {
  const articles = new Map<string, MovieText>();
  const texts = new MovieTexts();
  for await (const row of readWikipedia(path)) {
    if (!("movie" in row)) continue;
    const text = texts.textOf(create(MovieSchema, row.movie));
    articles.set(movieIdOf({ title: text.title, releaseYear: text.releaseYear ?? 0 }), text);
  }
  return articles;
}
