import { create } from "@bufbuild/protobuf";
import { createRouterTransport } from "@connectrpc/connect";
import { expect, test, vi } from "vitest";
import { CatalogService, ListMoviesRequestSchema, type MatchRequest, MatchService } from "./api.js";
import { assembleClient } from "./client.js";
import { movieFields } from "./movie-fields.js";
import { Page } from "./page.js";
import { randomId } from "./random-id.js";

test("a match carries the request as it was when the call was made", async () => {
  const seen: MatchRequest[] = [];
  const transport = createRouterTransport(({ service }) =>
    service(MatchService, {
      match(request) {
        seen.push(request);
        return {};
      },
    }),
  );
  const { client } = assembleClient(transport, { baseUrl: "" });
  const request = { text: "first", readMask: movieFields("title", "releaseYear") };
  const page = client.match(request);
  request.text = "second";
  await page;
  expect(seen[0]).toMatchObject({ text: "first", readMask: { paths: ["title", "release_year"] } });
});

test("a request may be a message of the API", async () => {
  const transport = createRouterTransport(({ service }) =>
    service(CatalogService, {
      listMovies: ({ pageToken, filter }) =>
        pageToken === ""
          ? { movies: [{ id: filter?.ids[0] ?? "" }], nextPageToken: "2" }
          : { movies: [{ id: `${filter?.ids[0]}-${pageToken}` }] },
    }),
  );
  const { client } = assembleClient(transport, { baseUrl: "" });
  const request = create(ListMoviesRequestSchema, { filter: { ids: ["x"] } });
  expect((await client.catalog.listMovies(request).toArray()).map(({ id }) => id)).toEqual(["x", "x-2"]);
  expect(request.pageToken).toBe("");
});

test("a job without a request id gets one, and keeps its own", async () => {
  const ids: string[] = [];
  const transport = createRouterTransport(({ service }) =>
    service(MatchService, {
      createMatchJob({ requestId }) {
        ids.push(requestId);
        return {};
      },
    }),
  );
  const { client } = assembleClient(transport, { baseUrl: "" });
  await client.matchJobs.create({ requests: [{ text: "x" }] });
  await client.matchJobs.create({ requests: [{ text: "x" }], requestId: "mine" });
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), "mine"]);
});

test("attempts are logged without token or request", async () => {
  const logger = { debug: vi.fn(), warn: vi.fn() };
  const transport = createRouterTransport(({ service }) => service(MatchService, { match: () => ({}) }));
  await assembleClient(transport, { baseUrl: "", token: "secret", logger }).client.match({ text: "private" });
  expect(logger.debug).toHaveBeenCalledWith("cinedeepmatch: attempt", {
    method: "cinedeepmatch.v1.MatchService/Match",
    code: "ok",
    durationMs: expect.any(Number),
  });
});

test("a server that repeats a page token is not asked for ever", async () => {
  const page = new Page(
    async () => ({ nextPageToken: "again" }),
    () => [1],
  );
  await expect(page.toArray()).rejects.toMatchObject({ code: "internal" });
});

test("ids are UUIDs also where the browser has no randomUUID", () => {
  const randomUUID = vi.spyOn(crypto, "randomUUID").mockName("absent");
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    expect(randomId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(randomId()).not.toBe(randomId());
  } finally {
    Reflect.deleteProperty(crypto, "randomUUID");
    randomUUID.mockRestore();
  }
});

test("a misspelt field does not compile", () => {
  const { client } = assembleClient(
    createRouterTransport(() => {}),
    { baseUrl: "" },
  );
  // Never run: it is the compiler that is tested.
  const misspelt = () => [
    // @ts-expect-error -- `texts` is not a field.
    client.match({ texts: "x" }),
    // @ts-expect-error -- `movie_id` is the proto's spelling.
    client.similarMovies({ movie_id: "x" }),
    // @ts-expect-error -- a nested field.
    client.match({ filter: { releaseYear: { minimum: 1990 } } }),
    // @ts-expect-error -- `date` is no field of Movie.
    movieFields("title", "date"),
    // @ts-expect-error -- an option.
    client.match({ text: "x" }, { timeout: 5 }),
  ];
  expect(misspelt).toBeTypeOf("function");
});
