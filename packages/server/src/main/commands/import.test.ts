import { expect, test } from "vitest";
import { writeTemp } from "../../importing/read-all.test.support.js";
import { startServer } from "../../importing/start-server.test.support.js";
import { runCli } from "./run-cli.test.support.js";

test("a clean import ends with 0 and says what came of it", async () => {
  const server = await startServer();
  const path = await writeTemp("m.ndjson", '{"id":"one","title":"One"}\n{"id":"two","title":"Two"}\n');
  const { code, stdout } = await runCli(["import", path, "--url", server.url, "--token", "t"]);
  expect(code).toBe(0);
  expect(stdout).toBe(
    "2 rows: 2 movies created, 0 updated, 0 rejected.\nThe catalogue has 2 movies; 2 can be matched.\n",
  );
});

test("rejected rows are named on stderr and end it with 3", async () => {
  const server = await startServer();
  const path = await writeTemp("m.ndjson", '{"id":"one","title":"One"}\n{"titel":"Two"}\n');
  const { code, stdout, stderr } = await runCli(["import", path, "--url", server.url, "--token", "t", "--quiet"]);
  expect(code).toBe(3);
  expect(stdout).toContain("2 rows: 1 movie created, 0 updated, 1 rejected.");
  expect(stderr).toMatch(`${path}:2: is no Movie`);
});

test("--json prints one object and nothing else", async () => {
  const server = await startServer();
  const path = await writeTemp("m.json", '[{"title":"One","year":1999},{"title":""}]');
  const args = ["import", path, "--json", "--no-wait", "--merge", "--format", "wikipedia"];
  const { code, stdout, stderr } = await runCli(args, { CINEDEEPMATCH_URL: server.url, CINEDEEPMATCH_TOKEN: "t" });
  expect(code).toBe(3);
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toMatchObject({
    format: "wikipedia",
    movies: { rows: 2, created: 1, updated: 0, rejected: 1 },
    problems: [{ file: path, row: 2, problem: "title: is missing" }],
  });
  expect(JSON.parse(stdout)).not.toHaveProperty("catalogue");
});

test("a file that is not there, or of no known format, ends it with 1", async () => {
  const server = await startServer();
  const env = { CINEDEEPMATCH_URL: server.url };
  const absent = await runCli(["import", "/nowhere/movies.json"], env);
  expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no such file") });
  const unknown = await runCli(["import", await writeTemp("m.xml", "<movies/>")], env);
  expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("--format") });
  const empty = await runCli(["import", await writeTemp("m.json", " \n")], env);
  expect(empty).toMatchObject({ code: 1, stderr: expect.stringContaining("is empty") });
});

test("a command line that is wrong ends it with 2", async () => {
  expect(await runCli(["import"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("missing required argument"),
  });
  expect(await runCli(["import", "x", "--format", "xml"])).toMatchObject({ code: 2 });
  expect(await runCli(["import", "x", "--nonsense"])).toMatchObject({ code: 2 });
  expect(await runCli(["import", await writeTemp("m", "{}"), "--url", "nonsense"])).toMatchObject({ code: 2 });
});

test("the help names the formats and exit codes and ends with 0", async () => {
  const { code, stdout } = await runCli(["import", "--help"]);
  expect(code).toBe(0);
  for (const text of ["wikipedia", "CINEDEEPMATCH_TOKEN", "Exit codes:", "3  done, but some rows were rejected"]) {
    expect(stdout).toContain(text);
  }
});
