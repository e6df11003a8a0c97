import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { create } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { CreditRole, MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { allRows, moviesOf, writeTemp } from "./read-all.test.support.js";
import { readWikipedia } from "./read-wikipedia.js";

const REAL_FILE = resolve(import.meta.dirname, "../../../../../shared/data/wikipedia-movies.json.gz");

const read = async (text: string | Uint8Array) => allRows(readWikipedia(await writeTemp("movies.json", text)));

test("an element becomes a movie", async () => {
  const rows = await read(
    JSON.stringify([
      {
        title: "Lantern Street",
        year: 1953,
        cast: ["Ada Moss", "Bo (Red) Lind"],
        genres: ["Animated", "Historical", "Sports", "Sport", "Noir", "Found Footage"],
        href: "Lantern_Street_(1953_film)",
        extract: "Two  brothers &amp; a\u00a0lamp &#8212; told \u201cslowly\u201d.",
        thumbnail: "https://example.org/lantern.jpg",
        thumbnail_width: 320,
      },
    ]),
  );
  expect(rows).toEqual([
    {
      row: 1,
      movie: {
        id: "lantern-street-1953",
        title: "Lantern Street",
        releaseYear: 1953,
        genres: ["Animation", "History", "Sport", "Noir", "Found Footage"],
        synopsis: "Two brothers & a lamp — told “slowly”.",
        credits: [
          { displayName: "Ada Moss", role: CreditRole.ACTOR },
          { displayName: "Bo (Red) Lind", role: CreditRole.ACTOR },
        ],
        posterUri: "https://example.org/lantern.jpg",
        externalIds: [{ source: "wikipedia", value: "Lantern_Street_(1953_film)" }],
      },
    },
  ]);
});

test("movies that share title and year get different ids, and an article belongs to the first that links to it", async () => {
  const twin = { title: "Twins!", year: 1910, href: "Twins" };
  const rows = await read(JSON.stringify([twin, twin, { ...twin, href: null }, { title: "Twins! 2", year: 1910 }]));
  const movies = moviesOf(rows);
  expect(movies.map(({ id }) => id)).toEqual(["twins-1910", "twins-1910-2", "twins-1910-3", "twins-2-1910"]);
  expect(movies.map(({ externalIds }) => externalIds?.length)).toEqual([1, 0, 0, 0]);
});

test("a made-up suffix never takes the id that another title has by itself", async () => {
  const rows = await read(
    JSON.stringify([{ title: "A", year: 1910 }, { title: "A 1910 2" }, { title: "A", year: 1910 }]),
  );
  expect(moviesOf(rows).map(({ id }) => id)).toEqual(["a-1910", "a-1910-2", "a-1910-3"]);
});

test("what is left of wiki markup is cleaned away", async () => {
  const cast = ["(", "narrator)", "(voices)", "?", "[a]", "Kay Dean]]", "Lee Ray (actor)", "Ann [1]", "Ann", "50 Cent"];
  const [movie] = moviesOf(await read(JSON.stringify([{ title: "By Night\u00a0[fr]", year: 1941, cast }])));
  expect(movie?.title).toBe("By Night");
  expect(movie?.credits?.map(({ displayName }) => displayName)).toEqual(["Kay Dean", "Lee Ray", "Ann", "50 Cent"]);
});

test("bad elements are reported with their number and the others are read", async () => {
  const rows = await read(`[
    {"title": "One", "year": 1999},
    {"title": "  ", "year": 1999},
    {"title": "Late", "year": 20011},
    {"title": "Text", "year": "1999"},
    {"title": "Cast", "year": 1999, "cast": "Ada"},
    {"title": "Comma",, "year": 1999},
    17,
    {"title": "Quote, "year": 1999},
    ,
    {"title": "Last ]}{[, \\" ok", "year": null}
  ]`);
  expect(rows.map((row) => ("problem" in row ? `${row.row}: ${row.problem.slice(0, 26)}` : row.movie.title))).toEqual([
    "One",
    "2: title: is missing",
    "3: year: 20011 is not between",
    "4: year: is no whole number",
    "5: cast: is no list of names",
    "6: is not valid JSON: Expecte",
    "7: is no JSON object",
    "8: is not valid JSON: Expecte",
    "9: is empty",
    'Last ]}{[, " ok',
  ]);
});

test("gzip, a byte order mark, titles in any script and chunks cut anywhere are read", async () => {
  const many = Array.from({ length: 5_000 }, (_, n) => ({ title: `Фильм ${n} “映画” 🎬`, year: 2000 }));
  const plain = Buffer.from(`\ufeff\n ${JSON.stringify(many, undefined, 1)}\n`);
  const movies = moviesOf(await read(gzipSync(plain)));
  expect(movies.map(({ title }) => title)).toEqual(many.map(({ title }) => title));
  expect(new Set(movies.map(({ id }) => id)).size).toBe(5_000);
  expect(await read(plain)).toEqual(await read(gzipSync(plain)));
});

test("an array that is cut off gives what it has and says where it ends", async () => {
  const rows = await read('[{"title":"One"},{"title":"Tw');
  expect(rows.at(-1)).toEqual({ row: 2, problem: "is cut off: the file ends in it" });
  expect(rows).toHaveLength(2);
});

test("a file that is no array, empty, or damaged gzip is refused", async () => {
  await expect(read('{"title":"One"}')).rejects.toThrow("no JSON array");
  await expect(read("")).rejects.toThrow("empty");
  await expect(read("[] []")).rejects.toThrow("after the end");
  const packed = gzipSync(Buffer.from(JSON.stringify([{ title: "One" }])));
  await expect(read(packed.subarray(0, packed.length - 9))).rejects.toThrow("cannot be read");
  expect(await read("[ ]")).toEqual([]);
});

test.skipIf(!existsSync(REAL_FILE))(
  "all 36,273 rows of ../shared/data/wikipedia-movies.json.gz (skipped where it is absent) become valid, unique movies",
  async () => {
    const rows = await allRows(readWikipedia(REAL_FILE));
    expect(rows.filter((row) => "problem" in row)).toEqual([]);
    const movies = moviesOf(rows);
    expect(movies).toHaveLength(36_273);
    expect(rows.map(({ row }) => row)).toEqual(movies.map((_, index) => index + 1));
    expect(new Set(movies.map(({ id }) => id)).size).toBe(36_273);
    const articles = movies.flatMap(({ externalIds }) => (externalIds ?? []).map(({ value }) => value));
    expect(articles.length).toBe(34_383);
    expect(new Set(articles).size).toBe(articles.length);
    const validator = createValidator();
    const invalid = movies.filter((movie) => {
      return validator.validate(MovieSchema, create(MovieSchema, movie)).kind !== "valid";
    });
    expect(invalid).toEqual([]);
  },
);
