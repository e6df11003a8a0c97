import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SpawnedServer, startServer } from "../../tests/spawn-server.js";

let server: SpawnedServer;
beforeAll(async () => {
  server = await startServer({ starterCatalog: true });
}, 120_000);
afterAll(() => server?.stop());

async function run(script: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, GATEWAY: server.gatewayUrl, TOKEN: server.token };
  const path = fileURLToPath(new URL(script, import.meta.url));
  return (await promisify(execFile)("bash", [path, ...args], { env })).stdout;
}

test("match.sh finds a film by what it is about, whatever characters that takes", async () => {
  const found = JSON.parse(await run("match.sh", "a clownfish father searches the ocean for his son"));
  expect(found.results).toHaveLength(3);
  expect(found.results[0]).toMatchObject({ movie: { id: "finding-nemo-2003", releaseYear: 2003 } });
  expect(found.results[0].reasons[0].description).not.toBe("");
  expect(JSON.parse(await run("match.sh", 'so-called "clownfish" \\ father')).results).toHaveLength(3);
});

test("similar.sh finds others, and none that the filter excludes", async () => {
  const { results } = JSON.parse(await run("similar.sh", "alien-1979")) as { results: { movie: { id: string } }[] };
  expect(results).toHaveLength(3);
  expect(results.map(({ movie }) => movie.id)).not.toContain("alien-1979");
});

test("get.sh gets a movie; of one that is not there it prints the error and fails", async () => {
  expect(JSON.parse(await run("get.sh", "alien-1979"))).toMatchObject({ title: "Alien", releaseYear: 1979 });
  const failure = (await run("get.sh", "no-such-film").catch((error) => error)) as { code: number; stdout: string };
  expect(failure.code).toBe(22);
  expect(JSON.parse(failure.stdout)).toMatchObject({ code: 5, details: [{ reason: "MOVIE_NOT_FOUND" }, {}] });
});

test("record.sh counts an event once, however often it is sent", async () => {
  expect(JSON.parse(await run("record.sh", "ada", "alien-1979", "event-1"))).toMatchObject({ recordedCount: 1 });
  expect(JSON.parse(await run("record.sh", "ada", "alien-1979", "event-1"))).toMatchObject({ duplicateCount: 1 });
  expect(JSON.parse(await run("record.sh", "ada", "jaws-1975"))).toMatchObject({ recordedCount: 1 });
});

test("list.sh goes through all pages", async () => {
  const ids = (await run("list.sh", "Drama")).trim().split("\n");
  expect(ids.length).toBeGreaterThan(50);
  expect(new Set(ids).size).toBe(ids.length);
});
