import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { allRows, moviesOf, writeTemp } from "./read-all.test.support.js";
import { readNdjson } from "./read-ndjson.js";
import { splitLines } from "./split-lines.js";

const read = async (text: string | Uint8Array) => allRows(readNdjson(await writeTemp("movies.ndjson", text)));

test("each line becomes a movie, whichever way proto JSON writes its names", async () => {
  const [first, second] = moviesOf(
    await read(
      '{"title":"One","releaseYear":1999,"externalIds":[{"source":"imdb","value":"tt1"}]}\n{"title":"Two","release_year":2000}',
    ),
  );
  expect(first).toMatchObject({ title: "One", releaseYear: 1999, externalIds: [{ source: "imdb", value: "tt1" }] });
  expect(second).toMatchObject({ title: "Two", releaseYear: 2000 });
});

test("bad lines are reported with their line number and the others are read", async () => {
  const rows = await read(
    '{"title":"One"}\r\n\r\n{"title":\n{"titel":"Two"}\n{"title":"Three","releaseYear":"x"}\n[]\n{"title":"Four"}\n\n',
  );
  expect(rows.map((row) => ("problem" in row ? `${row.row}: ${row.problem.slice(0, 17)}` : row.movie.title))).toEqual(
    [
      "One",
      "3: is not valid JSON",
      "4: is no Movie: canno",
      "5: is no Movie: canno",
      "6: is no Movie: canno",
      "Four",
    ].map((text) => text.slice(0, 20)),
  );
  expect(rows.at(-1)?.row).toBe(7);
});

test("gzip, a byte order mark, any script and U+2028 inside a string are read", async () => {
  const text = '\ufeff{"title":"Ein\u2028Film"}\n{"title":"千と千尋の神隠し 🎬"}\n';
  expect(moviesOf(await read(gzipSync(Buffer.from(text)))).map(({ title }) => title)).toEqual([
    "Ein\u2028Film",
    "千と千尋の神隠し 🎬",
  ]);
});

test("a line that is not UTF-8 is a bad row", async () => {
  const rows = await read(
    Buffer.concat([Buffer.from('{"title":"'), Buffer.from([0xff]), Buffer.from('"}\n{"title":"B"}')]),
  );
  expect(rows).toMatchObject([{ row: 1, problem: "is not valid UTF-8" }, { row: 2 }]);
});

test("a line that is too long is dropped as it comes", async () => {
  async function* chunks() {
    yield Buffer.from("short\n");
    for (let n = 0; n < 10; n++) yield Buffer.alloc(10, "x");
    yield Buffer.from("\nnext");
  }
  const rows = await allRows(splitLines(chunks(), 50));
  expect(rows).toMatchObject([{ row: 1 }, { row: 2, problem: "is longer than 50 bytes" }, { row: 3 }]);
});
