import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../../tests/free-port.js";
import { type SpawnedServer, startServer } from "../../../tests/spawn-server.js";
import { matchFile } from "./match-file.ts";

const QUERIES = 400;
const SUBJECTS = [
  "a heist in dreams",
  "a shark off a holiday island",
  "a robot that feels",
  "a wedding that goes wrong",
];

let folder: string;
let grpcPort: number;
let server: SpawnedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bulk-match-"));
  grpcPort = await freePort();
  server = await startServer({ starterCatalog: true, dataDirectory: join(folder, "data"), grpcPort });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

test("every query has one result, in order, though the server is killed and started again meanwhile", {
  timeout: 120_000,
}, async () => {
  const [input, output] = [join(folder, "queries.ndjson"), join(folder, "results.ndjson")];
  const wrong = new Map([
    [100, "this is no JSON"],
    [200, '{"txet": "a misspelt field"}'],
    [300, '{"pageSize": 3}'],
  ]);
  const queries = Array.from({ length: QUERIES }, (_, index) => {
    const text = `${SUBJECTS[index % SUBJECTS.length]} number ${index}`;
    return wrong.get(index + 1) ?? JSON.stringify({ text, pageSize: 3 });
  });
  await writeFile(input, queries.join("\n"));

  let restarted: Promise<SpawnedServer> | undefined;
  const client = createClient({ baseUrl: server.grpcUrl, token: server.token, protocol: "grpc", timeoutMs: 60_000 });
  const counts = await matchFile(client, {
    input,
    output,
    name: "night",
    onProgress: ({ matched, failed }) => {
      if (matched + failed >= 50) restarted ??= restart();
    },
  });
  server = (await restarted) ?? server;

  expect(restarted).toBeDefined();
  expect(counts).toEqual({ matched: QUERIES - 3, failed: 3 });
  const lines = (await readFile(output, "utf8")).trimEnd().split("\n");
  const results = lines.map((line) => JSON.parse(line) as { line: number; movies?: unknown[]; error?: string });
  expect(results.map(({ line }) => line)).toEqual(Array.from({ length: QUERIES }, (_, index) => index + 1));
  expect(results.filter(({ error }) => error !== undefined).map(({ line }) => line)).toEqual([...wrong.keys()]);
  expect(results.every(({ movies, error }) => movies?.length === 3 || error !== undefined)).toBe(true);
  expect(results[299]?.error).toMatch(/^QUERY_EMPTY: /);

  // The same name and queries: the job is there, and so are its results.
  const again = join(folder, "again.ndjson");
  expect(await matchFile(client, { input, output: again, name: "night" })).toEqual(counts);
  expect(await readFile(again, "utf8")).toBe(await readFile(output, "utf8"));
});

async function restart(): Promise<SpawnedServer> {
  await server.kill();
  return startServer({ dataDirectory: join(folder, "data"), grpcPort });
}
