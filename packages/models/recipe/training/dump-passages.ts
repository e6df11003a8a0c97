// Writes what the server encodes of each movie, so that training sees the very same passages. After `pnpm run build`:
//   node packages/models/recipe/training/dump-passages.ts wikipedia-movies.json.gz passages.ndjson
import { createWriteStream, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const built = (file: string) => import(new URL(`../../../server/dist/${file}`, import.meta.url).href);
const { encodingText } = await built("matching/movie-text.js");
const { openMovieTexts } = await built("main/open-movie-texts.js");

interface WikipediaMovie {
  title: string;
  year: number;
  cast: string[];
  genres: string[];
  href?: string;
  extract?: string;
}

const [catalogueFile = "", outputFile = ""] = process.argv.slice(2);
const catalogue = JSON.parse(gunzipSync(readFileSync(catalogueFile)).toString()) as WikipediaMovie[];
const { texts } = await openMovieTexts({ filmNotes: true });
const output = createWriteStream(outputFile);
for (const { title, year, cast, genres, href, extract = "" } of catalogue) {
  const plain = {
    title,
    releaseYear: year,
    genres,
    countries: [],
    languages: [],
    keywords: [],
    synopsis: extract,
    credits: cast.map((name) => ({ name, role: "actor" })),
  };
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
