import { create } from "@bufbuild/protobuf";
import { MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { writeTemp } from "../../importing/read-all.test.support.js";
import { startServer, type TestServer } from "../../importing/start-server.test.support.js";
import { runCli } from "./run-cli.test.support.js";

async function serverWithMovies(): Promise<TestServer> {
  const server = await startServer();
  for (const [id, title, releaseYear] of [
    ["one-1999", "One", 1999],
    ["two", "Two\u001b[31m 二", 0],
  ] as const) {
    server.movies.set(id, create(MovieSchema, { id, title, releaseYear, genres: ["Drama"] }));
  }
  return server;
}

test("results come as a table without anything that could drive the terminal", async () => {
  const server = await serverWithMovies();
  const { code, stdout } = await runCli([
    "match",
    "a",
    "quiet",
    "film",
    "--url",
    server.url,
    "--token",
    "t",
    "--explain",
  ]);
  expect(code).toBe(0);
  expect(stdout.split("\n")).toEqual([
    "#  Score  Title       Year  Genres  Id",
    "1  1.000  One         1999  Drama   one-1999",
    '       75%  It has "a quiet film".',
    "2  0.500  Two [31m 二        Drama   two",
    '       75%  It has "a quiet film".',
    "",
  ]);
});

test("--json prints the answer as the API has it", async () => {
  const server = await serverWithMovies();
  const { stdout } = await runCli(["match", "--like", "one-1999", "--limit", "1", "--json", "--url", server.url]);
  expect(JSON.parse(stdout)).toMatchObject({ results: [{ score: 1, movie: { id: "one-1999" } }] });
});

test("nothing to match, or a limit that is none, ends it with 2", async () => {
  expect(await runCli(["match"])).toMatchObject({ code: 2, stderr: expect.stringContaining("Say what to match") });
  expect(await runCli(["match", "x", "--limit", "0"])).toMatchObject({ code: 2 });
  expect(await runCli(["match", "x", "--limit", "ten"])).toMatchObject({ code: 2 });
  expect(await runCli(["match", "x", "--from", "99"])).toMatchObject({ code: 2 });
});

test("movies are shown, listed in a form that import reads, and deleted", async () => {
  const server = await serverWithMovies();
  const at = ["--url", server.url, "--token", "t"];
  expect((await runCli(["movie", "get", "one-1999", ...at])).stdout).toBe(
    "One (1999)\nGenres          Drama\nId              one-1999\n",
  );
  const listed = await runCli(["movie", "list", "--json", ...at]);
  const imported = await runCli(["import", await writeTemp("again.ndjson", listed.stdout), ...at]);
  expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining("2 rows: 0 movies created, 2 updated") });
  expect((await runCli(["movie", "delete", "two", ...at])).stdout).toBe("two is deleted.\n");
  expect(server.movies.has("two")).toBe(false);
  const absent = await runCli(["movie", "get", "two", ...at]);
  expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no movie "two".') });
});

test("the status is shown for people and for programs", async () => {
  const server = await serverWithMovies();
  const { stdout } = await runCli(["status", "--url", server.url]);
  expect(stdout).toMatch(/^Movies +2\nReady to match +2\n/);
  const json = await runCli(["status", "--json", "--url", server.url]);
  expect(JSON.parse(json.stdout)).toMatchObject({ movieCount: "2", encodedCount: "2", readyWorkerCount: 1 });
});
