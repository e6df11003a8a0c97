import type { Client } from "@cinedeepmatch/sdk-core";
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

  test("rejects when the connection breaks", async () => {
    server.watch = async function* () {
      yield { requestCount: 1 };
      await new Promise((resolve) => setTimeout(resolve, 20));
      await server.stop();
      yield { requestCount: 2 };
    };
    const all = async () => {
      for await (const _ of client.matchJobs.watch({ id: "j" }));
    };
    await expect(all()).rejects.toMatchObject({ name: "CineDeepMatchError", code: "unavailable" });
    server = await startFaultyServer(http);
  });
});
