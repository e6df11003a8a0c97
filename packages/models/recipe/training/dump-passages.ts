// Writes what the server encodes of each movie, so that training sees the very same passages. After `pnpm run build`:
//   node packages/models/recipe/training/dump-passages.ts wikipedia-movies.json.gz passages.ndjson
import { createWriteStream } from "node:fs";
import { readCatalogue, toMovieText } from "../read-catalogue.ts";

const built = (file: string) => import(new URL(`../../../server/dist/${file}`, import.meta.url).href);
const { encodingText } = await built("matching/movie-text.js");
const { openMovieTexts } = await built("main/open-movie-texts.js");

const [catalogueFile = "", outputFile = ""] = process.argv.slice(2);
const texts = await openMovieTexts({ filmNotes: true });
const output = createWriteStream(outputFile);
for (const movie of readCatalogue(catalogueFile)) {
  const { title, year, href, genres } = movie;
  const plain = toMovieText(movie);
  const { note } = texts.annotate(plain);
  const passages = encodingText(plain).split("\n");
  const noted =
    note === undefined
      ? []
      : encodingText({ ...plain, note })
          .split("\n")
          .slice(0, -passages.length);
  const keywords = note?.keywords ?? [];
  output.write(`${JSON.stringify({ title, year, href, genres, passages, noted, keywords })}\n`);
}
output.end();
