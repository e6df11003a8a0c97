import type { Client } from "@cinedeepmatch/sdk-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caught } from "./caught.test-kit.js";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";
import { reset } from "./wire-faults.test-kit.js";

describe.each(PLATFORMS)("a client of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl, token: "t" });
  });
  afterEach(() => server.stop());

  test("survives a connection that breaks", async () => {
    server.faults.push(reset, reset);
    expect((await client.match({ text: "x" })).matchId).toBe("m");
  });

  test("calls a broken connection unavailable and does not repeat an unsafe call over it", async () => {
    server.faults.push(reset);
    const error = await caught(client.catalog.createMovie({ movie: { title: "Alien" } }));
    expect(error).toMatchObject({ code: "unavailable", reason: undefined, requestId: undefined });
    expect(server.arrivals).toHaveLength(1);
    expect(server.seen).toHaveLength(0);
  });

  test("calls a server that is down unavailable", async () => {
    await server.stop();
    const error = await caught(client.match({ text: "x" }));
    expect(error).toMatchObject({ code: "unavailable", reason: undefined, retryable: true });
    server = await startFaultyServer(http);
  });

  test("calls a connection that dies under a call unavailable", async () => {
    server.match = async () => {
      await server.stop();
      return { matchId: "never" };
    };
    expect(await caught(client.match({ text: "x" }, { maxRetries: 0 }))).toMatchObject({ code: "unavailable" });
    server = await startFaultyServer(http);
  });
});
