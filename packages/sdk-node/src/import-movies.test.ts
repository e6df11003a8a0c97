import { afterEach, beforeEach, expect, test } from "vitest";
import { createClient } from "./create-client.js";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";

let server: FaultyServer;

beforeEach(async () => {
  server = await startFaultyServer("2");
});
afterEach(() => server.stop());

async function* requests(log: string[]) {
  log.push("header");
  yield { request: { case: "header" as const, value: { importId: "i" } } };
  for (const lastRow of [1n, 2n]) {
    log.push(`batch ${lastRow}`);
    yield { request: { case: "batch" as const, value: { lastRow, rows: [] } } };
  }
}

test("an import sends batches while it receives acknowledgements", async () => {
  const client = createClient({ baseUrl: server.baseUrl, protocol: "grpc", token: "t" });
  const rows = [];
  for await (const { committedRow } of client.catalog.importMovies(requests([]))) rows.push(committedRow);
  expect(rows).toEqual([0n, 1n, 2n]);
  expect(server.seen[0]?.authorization).toBe("Bearer t");
});

test("an import whose rows cannot be read rejects with the reason", async () => {
  const client = createClient({ baseUrl: server.baseUrl, protocol: "grpc", token: "t" });
  const unreadable = async function* () {
    yield* requests([]);
    throw new Error("disk full");
  };
  const run = async () => {
    for await (const _ of client.catalog.importMovies(unreadable()));
  };
  await expect(run()).rejects.toMatchObject({ code: "canceled", cause: { message: "disk full" } });
});

test("an import over HTTP/1.1 is refused before anything is read", async () => {
  const client = createClient({ baseUrl: "http://127.0.0.1:1" });
  const log: string[] = [];
  const run = async () => {
    for await (const _ of client.catalog.importMovies(requests(log)));
  };
  await expect(run()).rejects.toMatchObject({ name: "CineDeepMatchError", code: "failed_precondition" });
  expect(log).toEqual([]);
});
