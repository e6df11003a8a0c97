import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { EventType } from "@cinedeepmatch/sdk-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";
import { reset } from "./wire-faults.test-kit.js";

const recorded = (server: FaultyServer) => server.seen.map(({ events = [] }) => events.map(({ movieId }) => movieId));

describe.each(PLATFORMS)("tracking with $name", ({ http, createClient }) => {
  let server: FaultyServer;
  beforeEach(async () => {
    server = await startFaultyServer(http);
  });
  afterEach(() => server.stop());

  test("outlasts a server that goes away for a while", async () => {
    const client = createClient({ baseUrl: server.baseUrl, token: "t", maxRetries: 0 });
    server.faults.push(reset);
    client.activity.track({ userId: "ada", movieId: "a", type: EventType.VIEWED });
    await expect(client.activity.flush()).rejects.toMatchObject({ code: "unavailable" });
    client.activity.track({ userId: "ada", movieId: "b", type: EventType.VIEWED });
    await expect.poll(() => recorded(server), { timeout: 5_000 }).toEqual([["a", "b"]]);
    await client.close();
  });
});

/** Tracks an event and has nothing else to do. */
async function runProgram(baseUrl: string): Promise<void> {
  const program = `import { createClient, EventType } from "@cinedeepmatch/sdk-node";
const client = createClient(${JSON.stringify({ baseUrl, token: "t" })});
client.activity.track({ userId: "ada", movieId: "a", type: EventType.VIEWED });`;
  const cwd = resolve(import.meta.dirname, "..");
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], { cwd, timeout: 20_000 });
}

test.concurrent("a program that ends without closing its client stays until its events are sent", async () => {
  const server = await startFaultyServer("1.1");
  await runProgram(server.baseUrl);
  expect(recorded(server)).toEqual([["a"]]);
  await server.stop();
});

test.concurrent("a program does not wait for a server to come back", async () => {
  await runProgram("http://127.0.0.1:9");
});
