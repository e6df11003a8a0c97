// Measures known-item search: dense, lexical and fused, over a whole catalogue. Run after `pnpm build`:
//   node packages/models/recipe/dev/evaluate.ts <wikipedia-movies.json.gz> <queries.jsonl> [vectors file, kept]
// FILM_NOTES=off leaves the notes on famous films out.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { readCatalogue, toMovieText } from "../read-catalogue.ts";

const server = new URL("../../../server/", import.meta.url);
const built = (file: string) => import(new URL(`${process.env.SERVER_CODE ?? "dist/"}${file}`, server).href);
const ext = process.env.SERVER_CODE === "src/" ? ".ts" : ".js";
const { LexicalIndex } = await built(`matching/lexical-index${ext}`);
const { TitleIndex } = await built(`matching/title-index${ext}`);
const { encodingText } = await built(`matching/movie-text${ext}`);
const { fuse } = await built(`matching/fuse${ext}`);
const { startInference } = await built(`onnx/inference${ext}`);
const { openMovieTexts } = await built(`main/open-movie-texts${ext}`);
const { ItemMatrix } = await built(`onnx/item-matrix${ext}`);

interface Query {
  query: string;
  style: string;
  tier: string;
  year: number;
  href: string;
}

const [catalogueFile = "", queriesFile = "", vectorsFile = ""] = process.argv.slice(2);
const catalogue = readCatalogue(catalogueFile);
const queries = readFileSync(queriesFile, "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Query);
const texts = await openMovieTexts({ filmNotes: process.env.FILM_NOTES !== "off" });
const plain = catalogue.map(toMovieText);
const movies = plain.map((movie) => texts.annotate(movie));
const ordinals = new Map(catalogue.map(({ href, year }, ordinal) => [`${href} ${year}`, ordinal] as const).reverse());

const started = performance.now();
const lexical = new LexicalIndex();
const titles = new TitleIndex();
for (const [ordinal, movie] of movies.entries()) {
  lexical.upsert(ordinal, movie);
  titles.upsert(ordinal, [movie.title], movie.releaseYear);
}
console.log(`indexed ${movies.length} movies in ${Math.round(performance.now() - started)} ms`);

const inference = await startInference({ encoderThreads: 2 });
const { dimension } = inference;
const matrix = new ItemMatrix(dimension, movies.length);
if (vectorsFile !== "" && existsSync(vectorsFile)) {
  const bytes = readFileSync(vectorsFile);
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, movies.length * dimension);
  for (let row = 0; row < movies.length; row++) matrix.set(row, all.subarray(row * dimension, (row + 1) * dimension));
} else {
  const from = performance.now();
  for (let row = 0; row < movies.length; row += 512) {
    const vectors = await inference.encode(movies.slice(row, row + 512).map(encodingText), { priority: "bulk" });
    for (const [i, vector] of vectors.entries()) matrix.set(row + i, vector);
  }
  console.log(`encoded in ${Math.round((performance.now() - from) / 1000)} s`);
  if (vectorsFile !== "") writeFileSync(vectorsFile, matrix.items);
}

const pool = 200;
const ranks: Record<string, { rank: number; query: Query }[]> = {};
const record = (name: string, query: Query, rank: number) => {
  ranks[name] ??= [];
  ranks[name].push({ rank: rank < 0 ? Number.POSITIVE_INFINITY : rank, query });
};
for (const query of queries) {
  const gold = ordinals.get(`${query.href} ${query.year}`);
  if (gold === undefined) throw new Error(`not in the catalogue: ${query.href}`);
  const [vector] = await inference.encode([query.query]);
  const [dense] = await inference.scan({ matrix, queries: vector, k: pool });
  const words: { ordinal: number; score: number }[] = lexical.search(query.query, { limit: pool });
  const exact = new Map<number, number>();
  for (const { ordinal, strength } of titles.find(query.query)) exact.set(ordinal, strength);
  const found = new Set<number>([...dense.indices, ...words.map(({ ordinal }) => ordinal), ...exact.keys()]);
  const candidates = Array.from(found, (ordinal) => ({
    ordinal,
    dense: matrix.score(ordinal, vector),
    lexical: lexical.score(query.query, ordinal),
    title: exact.get(ordinal) ?? 0,
  }));
  record("dense", query, [...dense.indices].indexOf(gold));
  record(
    "lexical",
    query,
    words.findIndex(({ ordinal }) => ordinal === gold),
  );
  for (const weight of process.env.WEIGHTS?.split(",").map(Number) ?? [undefined]) {
    const fused: { ordinal: number }[] = fuse(candidates, weight);
    record(
      `fused ${weight ?? ""}`,
      query,
      fused.findIndex(({ ordinal }) => ordinal === gold),
    );
  }
}
await inference.close();

function line(name: string, rows: { rank: number }[]): string {
  const within = (k: number) => (rows.filter(({ rank }) => rank < k).length / rows.length).toFixed(3);
  const mrr = rows.reduce((sum, { rank }) => sum + 1 / (rank + 1), 0) / rows.length;
  return `${name.padEnd(20)} n ${String(rows.length).padStart(3)}  S@1 ${within(1)}  S@10 ${within(10)}  S@100 ${within(100)}  MRR ${mrr.toFixed(3)}`;
}
for (const [name, rows] of Object.entries(ranks)) console.log(line(name, rows));
const last = Object.values(ranks).at(-1) ?? [];
for (const group of ["style", "tier"] as const) {
  for (const [value, rows] of Object.entries(Object.groupBy(last, ({ query }) => query[group])))
    console.log(line(`  ${value}`, rows ?? []));
}
