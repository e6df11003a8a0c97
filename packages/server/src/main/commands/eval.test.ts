import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempFolder, writeTemp } from "../../importing/read-all.test.support.js";
import { runCli } from "./run-cli.test.support.js";

/** A stand-in for the built CLI, which tells on a file what it was asked and how it ended. */
const FAKE_CLI = `
import { createServer } from "node:http";
import { writeFileSync } from "node:fs";
const note = process.env.NOTE;
const http = createServer((request, response) => response.writeHead(401).end());
http.listen(0, "127.0.0.1", () => {
  const url = "http://127.0.0.1:" + http.address().port;
  writeFileSync(note, JSON.stringify({ args: process.argv.slice(2), redis: process.env.REDIS_URL ?? null }));
  console.log("starting");
  console.log(JSON.stringify({ event: "ready", gatewayUrl: url, grpcUrl: url, token: "t" }));
});
process.on("SIGTERM", () => { writeFileSync(note + ".ended", "cleanly"); process.exit(0); });
`;

const QUERIES = '{"query":"a kite","style":"vague","tier":"known","title":"Kite","year":1999,"href":"Kite"}\n';

test("its own server is stopped cleanly also when the evaluation fails", async () => {
  const folder = await tempFolder();
  const cli = join(folder, "cli.mjs");
  await writeFile(cli, FAKE_CLI);
  const movies = await writeTemp("movies.json", "[]");
  const queries = await writeTemp("queries.jsonl", QUERIES);
  const env = { ...process.env, NOTE: join(folder, "note"), REDIS_URL: "redis://elsewhere" };
  const args = ["eval", "known-item", "--movies", movies, "--queries", queries, "--work-dir", folder];
  const { code, stderr } = await runCli(args, env, cli);
  expect(code).toBe(1);
  expect(stderr).toContain(`Starting a server whose catalogue is in ${folder}`);
  const note = JSON.parse(await readFile(join(folder, "note"), "utf8"));
  expect(note.args.slice(0, 2)).toEqual(["serve", "--data-dir"]);
  expect(note.args.slice(3)).toEqual(["--gateway-port", "0", "--grpc-port", "0", "--json"]);
  expect(note.redis).toBeNull();
  expect(await readFile(join(folder, "note.ended"), "utf8")).toBe("cleanly");
});

test("a server that cannot start shows what it said", async () => {
  const cli = await writeTemp("cli.mjs", 'console.error("the port is taken"); process.exit(1);');
  const movies = await writeTemp("movies.json", "[]");
  const queries = await writeTemp("queries.jsonl", QUERIES);
  const args = ["eval", "known-item", "--movies", movies, "--queries", queries, "--work-dir", await tempFolder()];
  const { code, stderr } = await runCli(args, {}, cli);
  expect(code).toBe(1);
  expect(stderr).toContain("The server ended before it was ready.\nthe port is taken");
});

test("bad queries and neither or both of --movies and --url are refused", async () => {
  const queries = await writeTemp("queries.jsonl", `${QUERIES}{"query":""}\n`);
  const bad = await runCli(["eval", "known-item", "--url", "http://127.0.0.1:9", "--queries", queries]);
  expect(bad).toMatchObject({ code: 1, stderr: expect.stringContaining("queries.jsonl:2: query: is missing") });
  expect(await runCli(["eval", "known-item", "--queries", queries])).toMatchObject({ code: 2 });
  expect(await runCli(["eval", "known-item", "--url", "x", "--movies", "y", "--queries", queries])).toMatchObject({
    code: 2,
  });
  expect(await runCli(["eval", "known-item"])).toMatchObject({ code: 2 });
});
