import type { Client } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { caught, retryIn } from "./caught.test-kit.js";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

const forever = (signal: AbortSignal) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(new ConnectError("", Code.Canceled))),
  );

describe.each(PLATFORMS)("a client of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl, token: "t" });
  });
  afterEach(() => server.stop());

  test("rejects with deadline_exceeded when the server is too slow", async () => {
    server.match = async (_request, _attempt, { signal }) => forever(signal);
    const error = await caught(client.match({ text: "x" }, { timeoutMs: 100 }));
    expect(error).toMatchObject({ code: "deadline_exceeded", retryable: false });
  });

  test("rejects with canceled when the caller aborts, also while it waits to retry", async () => {
    const abort = new AbortController();
    server.match = async (_request, attempt, { signal }) => {
      setTimeout(() => abort.abort(new Error("left the page")), 50);
      if (attempt === 1) throw new ConnectError("full", Code.Unavailable, undefined, [retryIn(900)]);
      return forever(signal);
    };
    const start = performance.now();
    const error = await caught(client.match({ text: "x" }, { signal: abort.signal }));
    expect(error).toMatchObject({ code: "canceled", cause: { message: "left the page" } });
    expect(performance.now() - start).toBeLessThan(800);
  });

  test("aborts the call that is under way, and the server learns of it", async () => {
    const abort = new AbortController();
    let told = false;
    server.match = async (_request, _attempt, { signal }) => {
      signal.addEventListener("abort", () => {
        told = true;
      });
      setTimeout(() => abort.abort(), 30);
      return forever(signal);
    };
    expect(await caught(client.match({ text: "x" }, { signal: abort.signal, timeoutMs: 5_000 }))).toMatchObject({
      code: "canceled",
    });
    await expect.poll(() => told).toBe(true);
  });

  test("sends nothing for a signal that is aborted already", async () => {
    const error = await caught(client.match({ text: "x" }, { signal: AbortSignal.abort() }));
    expect(error.code).toBe("canceled");
    expect(server.seen).toHaveLength(0);
  });
});
