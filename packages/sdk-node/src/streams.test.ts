import type { Client } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

describe.each(PLATFORMS)("a stream of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl, token: "t" });
  });
  afterEach(() => server.stop());

  test("ends on the server when the caller leaves the loop", async () => {
    let open = false;
    server.watch = async function* (_, { signal }) {
      open = true;
      signal.addEventListener("abort", () => {
        open = false;
      });
      for (let requestCount = 1; !signal.aborted; requestCount++) {
        yield { requestCount };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    for await (const { update } of client.matchJobs.watch({ id: "j" })) {
      if (update.case === "job" && update.value.requestCount === 3) break;
    }
    await expect.poll(() => open).toBe(false);
  });

  test("rejects when the connection breaks and the server does not come back", async () => {
    server.watch = async function* () {
      yield { requestCount: 1 };
      await new Promise((resolve) => setTimeout(resolve, 20));
      await server.stop();
      yield { requestCount: 2 };
    };
    const watch = collect(client.matchJobs.watch({ id: "j" }, { maxRetries: 1 }));
    await expect(watch).rejects.toMatchObject({ name: "CineDeepMatchError", code: "unavailable" });
    server = await startFaultyServer(http);
  });

  test("of a job goes on after the last result when it breaks, as often as it does", async () => {
    server.watch = async function* (attempt) {
      if (attempt === 1) throw new ConnectError("", Code.Unavailable);
      yield { requestCount: 4 };
      for (let index = (server.watchedAfter.at(-1) ?? -1) + 1; index < 4; index++) {
        yield { index };
        if (index === 0 || index === 2) await cutOff();
      }
    };
    const cutOff = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      server.cutConnections();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    };
    const updates = await collect(client.matchJobs.watch({ id: "j" }));
    const indexes = updates.flatMap(({ update }) => (update.case === "result" ? [update.value.index] : []));
    expect(indexes).toEqual([0, 1, 2, 3]);
    expect(server.watchedAfter).toEqual([undefined, undefined, 0, 2]);
  });

  test("of a job is not opened again for a failure that stays, nor beyond its timeout", async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything to say.
    server.watch = async function* () {
      throw new ConnectError("", server.seen.length === 1 ? Code.NotFound : Code.Unavailable);
    };
    await expect(collect(client.matchJobs.watch({ id: "j" }))).rejects.toMatchObject({ code: "not_found" });
    expect(server.seen.length).toBe(1);
    const startedAt = performance.now();
    const watch = collect(client.matchJobs.watch({ id: "j" }, { timeoutMs: 300, maxRetries: 100 }));
    await expect(watch).rejects.toMatchObject({ code: expect.stringMatching(/^(unavailable|deadline_exceeded)$/) });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const message of stream) all.push(message);
  return all;
}
