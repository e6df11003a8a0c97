import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { gzipSync } from "node:zlib";
import { EventType, ImportMode } from "@cinedeepmatch/contract";
import { createClient } from "@cinedeepmatch/sdk-node";
import { expect, test } from "vitest";
import { type ImportFileOptions, importFile } from "./import-file.js";
import { createProgress } from "./progress.js";
import { tempFolder, writeTemp } from "./read-all.test.support.js";
import type { ImportProblem } from "./row-tally.js";
import { startServer, type TestServer } from "./start-server.test.support.js";

const wikipedia = (count: number) => {
  const rows = Array.from({ length: count }, (_, n) => `{"title":"Film ${n}","year":${1950 + (n % 50)}}`);
  return `[${rows.join(",\n")}]`;
};

async function run(server: TestServer, path: string, more: Partial<ImportFileOptions> = {}) {
  const problems: ImportProblem[] = [];
  const client = createClient({ baseUrl: server.url, token: "t", protocol: "grpc" });
  const progress = createProgress(new PassThrough().resume(), true);
  const onProblem = (problem: ImportProblem) => problems.push(problem);
  const summary = await importFile({ client, path, progress, onProblem, patienceMs: 10_000, ...more });
  return { summary, problems };
}

test("a file is imported in batches of up to 500 rows and counted exactly", async () => {
  const server = await startServer();
  const path = await writeTemp("movies.json", gzipSync(Buffer.from(wikipedia(1_234))));
  const { summary } = await run(server, path);
  expect(summary).toMatchObject({
    format: "wikipedia",
    movies: { rows: 1_234, created: 1_234, updated: 0, rejected: 0, resumedAfterRow: 0 },
    catalogue: { movies: 1_234, encoded: 1_234 },
  });
  expect(server.movies.size).toBe(1_234);
  expect(server.seen.batches).toEqual([500, 1_000, 1_234]);
  expect(server.seen.modes).toEqual([ImportMode.UNSPECIFIED]);
});

test("bad rows are reported with their number, wherever they are found, and counted once", async () => {
  const server = await startServer();
  const path = await writeTemp(
    "m.ndjson",
    '{"title":"One"}\nnonsense\n{"title":""}\n\n{"id":"two","title":"Two"}\n{"x":1}\n',
  );
  const { summary, problems } = await run(server, path);
  expect(summary.movies).toMatchObject({ rows: 5, created: 2, rejected: 3 });
  expect(problems.map(({ row }) => row).toSorted()).toEqual([2, 3, 6]);
  expect(problems.every(({ file }) => file === path)).toBe(true);
  expect([...server.imports.values()]).toMatchObject([{ committedRow: 6 }]);
});

test("batches stay below 1 MiB and a row above it is a bad row", async () => {
  const server = await startServer();
  const big = (id: string, length: number) => JSON.stringify({ id, title: id, features: { note: "x".repeat(length) } });
  const path = await writeTemp("m.ndjson", [big("a", 700_000), big("b", 700_000), big("c", 1_100_000)].join("\n"));
  const { summary, problems } = await run(server, path);
  expect(summary.movies).toMatchObject({ created: 2, rejected: 1 });
  expect(problems).toEqual([{ file: path, row: 3, problem: "is larger than 1048576 bytes" }]);
  expect(server.seen.batches).toEqual([1, 3]);
});

test("a second run of the same file sends nothing", async () => {
  const server = await startServer();
  const path = await writeTemp("movies.json", wikipedia(600));
  const first = await run(server, path);
  server.seen.batches = [];
  const second = await run(server, path);
  expect(server.seen.batches).toEqual([]);
  expect(second.summary.movies).toEqual({ ...first.summary.movies, resumedAfterRow: 600 });
});

test("the same file in another mode, and other content, are other imports", async () => {
  const server = await startServer();
  const path = await writeTemp("movies.json", wikipedia(10));
  await run(server, path);
  const merged = await run(server, path, { merge: true });
  expect(merged.summary.movies).toMatchObject({ created: 0, updated: 10 });
  await writeFile(path, wikipedia(11));
  expect((await run(server, path)).summary.movies).toMatchObject({ created: 1, updated: 10 });
  expect(server.seen.modes).toEqual([ImportMode.UNSPECIFIED, ImportMode.MERGE, ImportMode.UNSPECIFIED]);
});

test.each(["before", "after"] as const)(
  "when the server dies %s storing a batch, the import goes on by itself",
  async (when) => {
    const server = await startServer();
    const path = await writeTemp("movies.json", wikipedia(5_000));
    server[when === "before" ? "beforeBatch" : "afterBatch"] = async (batch) => {
      if (batch !== 4 && batch !== 7) return;
      const stopped = server.stop();
      setTimeout(() => void stopped.then(() => server.start()), 300);
      if (when === "before") await new Promise(() => {});
    };
    const { summary, problems } = await run(server, path);
    expect(summary.movies).toMatchObject({ rows: 5_000, created: 5_000, updated: 0, rejected: 0 });
    expect(server.movies.size).toBe(5_000);
    expect(problems).toEqual([]);
  },
);

test("an import whose client died goes on after the last stored row", async () => {
  const server = await startServer();
  const path = await writeTemp("movies.json", wikipedia(3_000).replace('"year":1952', '"year":"?"'));
  server.beforeBatch = async (batch) => {
    if (batch === 3) await server.stop();
  };
  await expect(run(server, path, { patienceMs: 100 })).rejects.toMatchObject({ code: "unavailable" });
  expect(server.movies.size).toBeLessThan(3_000);
  server.beforeBatch = () => {};
  server.seen.batches = [];
  await server.start();
  const { summary, problems } = await run(server, path);
  expect(summary.movies).toMatchObject({ rows: 3_000, created: 2_999, updated: 0, rejected: 1 });
  expect(summary.movies.resumedAfterRow).toBeGreaterThanOrEqual(1_000);
  expect(server.seen.batches[0]).toBe(summary.movies.resumedAfterRow + 500);
  expect(problems).toMatchObject([{ row: 3, problem: "year: is no whole number" }]);
});

test("a server that stops answering is called anew", async () => {
  const server = await startServer();
  const path = await writeTemp("movies.json", wikipedia(2_000));
  server.beforeBatch = (batch) => (batch === 2 ? new Promise(() => {}) : undefined);
  const { summary } = await run(server, path, { stallMs: 300 });
  expect(summary.movies).toMatchObject({ rows: 2_000, created: 2_000 });
});

test("a file that breaks off keeps what came before, and says so", async () => {
  const server = await startServer();
  const packed = gzipSync(Buffer.from(wikipedia(2_000)), { level: 0 });
  const path = await writeTemp("movies.json.gz", packed.subarray(0, packed.length - 100));
  await expect(run(server, path)).rejects.toThrow("cannot be read");
  expect(server.movies.size).toBeGreaterThanOrEqual(500);
});

test("no server, or a wrong token, shows at once", async () => {
  const server = await startServer();
  const path = await writeTemp("movies.json", wikipedia(1));
  server.token = "other";
  await expect(run(server, path)).rejects.toMatchObject({ reason: "TOKEN_REJECTED" });
  await server.stop();
  await expect(run(server, path, { patienceMs: 60_000 })).rejects.toMatchObject({ code: "unavailable" });
});

test("a MovieLens folder brings its movies without replacing any, and its ratings as activity, once", async () => {
  const server = await startServer();
  const folder = await tempFolder();
  await mkdir(join(folder, "extra"));
  await writeFile(
    join(folder, "movies.csv"),
    "movieId,title,genres\n7,Kite (1999),Sci-Fi\n8,NA,Drama\n9,Moon (2001),Drama\n",
  );
  const ratings = Array.from({ length: 1_500 }, (_, n) => `${n + 1},${n % 2 ? 7 : 9},${(n % 10) / 2 + 0.5},${n}`);
  await writeFile(
    join(folder, "ratings.csv"),
    `userId,movieId,rating,timestamp\n${ratings.join("\n")}\n1,8,3,5\n1,7,6,5\n`,
  );

  const { summary, problems } = await run(server, folder);
  expect(summary.movies).toMatchObject({ rows: 3, created: 2, rejected: 1 });
  expect(summary.ratings).toEqual({ rows: 1_502, recorded: 1_500, duplicates: 0, rejected: 2 });
  expect(server.seen.recorded).toEqual([1_000, 500]);
  expect(server.seen.modes).toEqual([ImportMode.MERGE]);
  expect(server.events.get("movielens-2-7")).toMatchObject({
    userId: "movielens-2",
    movieId: "kite-1999",
    type: EventType.RATED,
    rating: 2,
    eventTime: { seconds: 1n },
  });
  expect(problems.map(({ row, problem }) => `${row} ${problem}`)).toEqual([
    "3 title: is missing",
    "1502 movieId: 8 is not in the catalogue",
    "1503 rating: is not between 0.5 and 5",
  ]);
  const again = await run(server, folder);
  expect(again.summary.ratings).toEqual({ rows: 1_502, recorded: 0, duplicates: 1_500, rejected: 2 });
});

test("the progress is a plain line now and then where there is no terminal", async () => {
  const server = await startServer();
  server.encodeStep = 400;
  const path = await writeTemp("movies.json", wikipedia(1_000));
  const stream = new PassThrough({ encoding: "utf8" });
  let text = "";
  stream.on("data", (chunk: string) => {
    text += chunk;
  });
  let clock = 0;
  await run(server, path, { progress: createProgress(stream, false, () => (clock += 3_000)) });
  stream.end();
  await once(stream, "end");
  expect(text).toMatch(/^Importing: 100% \| 1,000 rows \| .+$/m);
  expect(text).toMatch(/^Encoding: \d+% \| 800 movies \| .+ \| ETA \d+s$/m);
  expect(text).toMatch(/^Encoding: 100% \| 1,000 movies/m);
  expect(text).not.toContain("\u001b");
});
