import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { readMovieLensTitle } from "./movielens-title.js";
import { allRows, moviesOf, tempFolder } from "./read-all.test.support.js";
import { readMovieLens } from "./read-movielens.js";
import { readRatings } from "./read-ratings.js";

const REAL_FOLDER = resolve(import.meta.dirname, "../../../../../shared/data/movielens-small");

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await tempFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

test.each([
  ["Paper Moons, The (1999)", "The Paper Moons", "", [], 1999],
  [
    "City of Kites, The (Cité des cerfs-volants, La) (1995)",
    "The City of Kites",
    "La Cité des cerfs-volants",
    [],
    1995,
  ],
  ["Kite (a.k.a. Red Kite, The) (Drache) (1994)", "Kite", "Drache", ["The Red Kite"], 1994],
  ["Kite (a.k.a. Red Kite) (1994)", "Kite", "", ["Red Kite"], 1994],
  ["To Fly, or Not (En avoir (ou pas)) (1995)", "To Fly, or Not", "En avoir (ou pas)", [], 1995],
  ["(47) Days of Rain (2009)", "(47) Days of Rain", "", [], 2009],
  ["Crowman: Or (The Quiet Virtue) (2014)", "Crowman: Or (The Quiet Virtue)", "", [], 2014],
  ["I, Kite (2004)", "I, Kite", "", [], 2004],
  ["Avion, L' (2005)", "L'Avion", "", [], 2005],
  ["Kites: The Return of the Wind, The (2001)", "The Kites: The Return of the Wind", "", [], 2001],
  ["Kite Street (2009– )", "Kite Street", "", [], 2009],
  ["Undated", "Undated", "", [], 0],
])("%s is taken apart", (text, title, originalTitle, alternateTitles, year) => {
  expect(readMovieLensTitle(text)).toEqual({ title, originalTitle, alternateTitles, year });
});

test("rows become movies, with quotes, line ends and scripts as they come", async () => {
  const folder = await folderWith({
    "movies.csv":
      '\ufeffmovieId,title,genres\r\n1,"Say ""Kite"", Mother (1985)",Sci-Fi|Children|Film-Noir|IMAX\r\n' +
      '2,Тест (2000),(no genres listed)\r\n\r\n3,"Two\nLines (2001)",Comedy|Comedy\r\n4,Тест (2000),Drama\r\n',
  });
  expect(await allRows(readMovieLens(folder))).toMatchObject([
    {
      row: 2,
      movie: {
        id: "say-kite-mother-1985",
        title: 'Say "Kite", Mother',
        releaseYear: 1985,
        genres: ["Science Fiction", "Family", "Noir"],
        keywords: ["IMAX"],
        externalIds: [{ source: "movielens", value: "1" }],
      },
    },
    { row: 3, movie: { title: "Тест", genres: [] } },
    { row: 6, movie: { title: "Two Lines", genres: ["Comedy"] } },
    { row: 7, movie: { title: "Тест", id: expect.stringMatching(/-2000-2$/) } },
  ]);
});

test("bad rows are reported with their line and the others are read", async () => {
  const folder = await folderWith({
    "movies.csv":
      'movieId,title,genres\nx,One (1999),\n2,NA,Drama\n3,a,b,c\n4,"Two" no (1999),Drama\n5,Three (1999),\n5,Four,\n6,Five,\n',
  });
  const rows = await allRows(readMovieLens(folder));
  expect(moviesOf(rows).map(({ title }) => title)).toEqual(['"Two" no', "Three", "Five"]);
  expect(rows.filter((row) => "problem" in row)).toMatchObject([
    { row: 2, problem: "movieId: is no whole number" },
    { row: 3, problem: "title: is missing" },
    { row: 4, problem: "has 4 fields where the first line has 3" },
    { row: 7, problem: "movieId: 5 is in an earlier row" },
  ]);
});

test("ratings are read and bad ones reported", async () => {
  const folder = await folderWith({
    "ratings.csv":
      "userId,movieId,rating,timestamp\n7,1,2.5,1260759108\n7,1,9,1\n7,,3,1\n,1,3,1\n7,1,3,soon\n8,2,5,0\n",
  });
  expect(await allRows(readRatings(folder))).toEqual([
    { row: 2, rating: { userId: "7", movieId: "1", stars: 2.5, time: 1_260_759_108 } },
    { row: 3, problem: "rating: is not between 0.5 and 5" },
    { row: 4, problem: "movieId: is no whole number" },
    { row: 5, problem: "userId: is no whole number" },
    { row: 6, problem: "timestamp: is no time" },
    { row: 7, rating: { userId: "8", movieId: "2", stars: 5, time: 0 } },
  ]);
});

test("a quotation mark that is never closed ends the reading with the line it is in", async () => {
  const folder = await folderWith({ "movies.csv": 'movieId,title,genres\n1,One (1999),\n2,"Two,\n3,Three,\n' });
  const titles: unknown[] = [];
  const readAll = async () => {
    for await (const row of readMovieLens(folder)) titles.push("movie" in row && row.movie.title);
  };
  await expect(readAll()).rejects.toThrow(/broken after line 2: .*[Qq]uote/);
  expect(titles).toEqual(["One"]);
});

test("a table without its columns is refused", async () => {
  const folder = await folderWith({ "movies.csv": "id,name\n1,One\n" });
  await expect(allRows(readMovieLens(folder))).rejects.toThrow("no column movieId, title, genres");
});

test.skipIf(!existsSync(REAL_FOLDER))(
  "../shared/data/movielens-small (skipped where it is absent) has 9,061 movies with a title and 100,004 ratings",
  async () => {
    const rows = await allRows(readMovieLens(REAL_FOLDER));
    const movies = moviesOf(rows);
    expect(rows.length - movies.length).toBe(5);
    expect(movies.length).toBe(9_061);
    expect(new Set(movies.map(({ id }) => id)).size).toBe(9_061);
    const ratings = await allRows(readRatings(REAL_FOLDER));
    expect(ratings.filter((row) => "problem" in row)).toEqual([]);
    expect(ratings).toHaveLength(100_004);
  },
);
