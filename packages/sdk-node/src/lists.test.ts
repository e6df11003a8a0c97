import type { Client } from "@cinedeepmatch/sdk-core";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type FaultyServer, startFaultyServer } from "./faulty-server.test-kit.js";
import { PLATFORMS } from "./platforms.test-kit.js";

const PAGES = [["a", "b"], [], ["c"]].map((ids) => ids.map((id) => ({ id })));

describe.each(PLATFORMS)("a list of $name", ({ http, createClient }) => {
  let server: FaultyServer;
  let client: Client;

  beforeEach(async () => {
    server = await startFaultyServer(http);
    client = createClient({ baseUrl: server.baseUrl });
    server.listMovies = async ({ pageToken, titleQuery }) => {
      expect(titleQuery).toBe("x");
      const page = Number(pageToken || "0");
      return { movies: PAGES[page] ?? [], nextPageToken: page + 1 < PAGES.length ? String(page + 1) : "" };
    };
  });
  afterEach(() => server.stop());

  const list = () => client.catalog.listMovies({ titleQuery: "x" });

  test("is its first page when awaited", async () => {
    const { movies, nextPageToken } = await list();
    expect(movies.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(nextPageToken).toBe("1");
    expect(server.seen).toHaveLength(1);
  });

  test("is every item when iterated, past a page that is empty", async () => {
    const ids = [];
    for await (const { id } of list()) ids.push(id);
    expect(ids).toEqual(["a", "b", "c"]);
    expect(server.seen).toHaveLength(3);
  });

  test("sends nothing before it is used, and its first page once", async () => {
    const movies = list();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.seen).toHaveLength(0);
    await movies;
    await movies;
    expect(await movies.toArray({ limit: 2 })).toHaveLength(2);
    expect(server.seen).toHaveLength(1);
  });

  test("fetches no more pages than its limit needs", async () => {
    expect((await list().toArray({ limit: 1 })).map(({ id }) => id)).toEqual(["a"]);
    expect(server.seen).toHaveLength(1);
  });

  test("offers its pages one by one", async () => {
    const counts = [];
    for await (const { movies } of list().byPage()) counts.push(movies.length);
    expect(counts).toEqual([2, 0, 1]);
  });

  test("starts from a page token", async () => {
    const movies = await client.catalog.listMovies({ titleQuery: "x", pageToken: "2" }).toArray();
    expect(movies.map(({ id }) => id)).toEqual(["c"]);
  });

  test("rejects from a later page, after the items before it", async () => {
    const answer = server.listMovies;
    server.listMovies = async (request, attempt, context) => {
      if (request.pageToken === "1") throw new ConnectError("stale", Code.InvalidArgument);
      return answer(request, attempt, context);
    };
    const ids: string[] = [];
    const all = async () => {
      for await (const { id } of list()) ids.push(id);
    };
    await expect(all()).rejects.toMatchObject({ name: "CineDeepMatchError", code: "invalid_argument" });
    expect(ids).toEqual(["a", "b"]);
  });
});
