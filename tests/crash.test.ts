import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@cinedeepmatch/sdk-node";
import { afterAll, expect, test } from "vitest";
import { runCli } from "./run-cli.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

const ROWS = 3_000;
const CRASHES = 3;

let folder: string | undefined;
let server: SpawnedServer | undefined;
afterAll(async () => {
  await server?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

test("an import outlasts kill -9 of the server at any moment, and every count is exact", {
  timeout: 240_000,
}, async () => {
  folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-crash-"));
  const file = join(folder, "movies.ndjson");
  const dataDirectory = join(folder, "data");
  await writeFile(file, Array.from({ length: ROWS }, (_, row) => `${JSON.stringify(movie(row))}\n`).join(""));

  server = await startServer({ dataDirectory });
  const grpcPort = Number(new URL(server.grpcUrl).port);
  const running = runImport(server, file);
  await expect.poll(() => movieCount(server as SpawnedServer), { timeout: 60_000, interval: 20 }).toBeGreaterThan(0);
  for (let crash = 0; crash < CRASHES; crash++) {
    // At the beginning, in the middle, and while the model encodes.
    await new Promise((resolve) => setTimeout(resolve, crash * 700 + Math.random() * 500));
    await server.kill();
    server = await startServer({ dataDirectory, grpcPort });
  }
  const { code, stdout, stderr } = await running;
  expect(code, stdout + stderr).toBe(0);
  const client = createClient({ baseUrl: server.gatewayUrl, token: server.token });
  const status = await client.catalog.getStatus();
  expect(Number(status.movieCount)).toBe(ROWS);
  expect(Number(status.encodedCount)).toBe(ROWS);
  const listed = await client.catalog.listMovies({ pageSize: 1_000 }).toArray({ limit: ROWS + 1 });
  expect(new Set(listed.map(({ id }) => id)).size).toBe(ROWS);
  const match = await client.match({ text: "movie number 2718", pageSize: 1 });
  expect(match.results[0]?.movie?.id).toBe("movie-number-2718-2014");

  const again = await runImport(server, file);
  expect(again.code).toBe(0);
  expect(Number((await client.catalog.getStatus()).movieCount)).toBe(ROWS);
});

function movie(row: number) {
  return { title: `Movie number ${row}`, releaseYear: 1900 + (row % 124), synopsis: `Story ${row}.` };
}

function runImport(target: SpawnedServer, file: string) {
  return runCli(["import", file, "--url", target.grpcUrl, "--token", target.token, "--json"]);
}

async function movieCount({ gatewayUrl, token }: SpawnedServer): Promise<number> {
  const status = await createClient({ baseUrl: gatewayUrl, token }).catalog.getStatus();
  return Number(status.movieCount);
}
