import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { ErrorReason, MovieFilterSchema, MovieOrder } from "@cinedeepmatch/contract";
import { beforeAll, expect, test } from "vitest";
import type { MovieListQuery } from "../matching/catalog-store.js";
import type { CatalogSuite } from "./catalog-suite.js";
import { actors, sampleMovie } from "./testing/sample-movies.js";

const MOVIES = [
  sampleMovie("nemo", {
    title: "Finding Nemo",
    releaseYear: 2003,
    runtimeMinutes: 100,
    genres: ["Animation", "Family"],
    languages: ["en"],
    countries: ["US"],
    keywords: ["Fish"],
    rating: { average: 8.2, count: 900n },
    credits: actors("Albert Brooks"),
  }),
  sampleMovie("amelie", {
    title: "Amélie",
    originalTitle: "Le Fabuleux Destin d'Amélie Poulain",
    releaseYear: 2001,
    runtimeMinutes: 122,
    genres: ["Comedy"],
    languages: ["fr"],
    countries: ["FR"],
    rating: { average: 8.3, count: 700n },
  }),
  sampleMovie("spirited", {
    title: "千と千尋の神隠し",
    originalTitle: "Spirited Away",
    releaseYear: 2001,
    genres: ["animation"],
    languages: ["ja"],
    countries: ["JP"],
    rating: { average: 8.6, count: 10n },
  }),
  sampleMovie("unknown", { title: "Unknown" }),
  sampleMovie("oceans", {
    title: "Ocean's Eleven",
    releaseYear: 2001,
    runtimeMinutes: 116,
    genres: ["Comedy", "Crime"],
    countries: ["US"],
    credits: actors("Brad Pitt", "Julia Roberts"),
  }),
];

/** Lists of movies. */
export function testLists({ store, newTenant }: CatalogSuite): void {
  let tenant: string;
  beforeAll(async () => {
    tenant = newTenant();
    await store().upsertMovies(tenant, MOVIES);
  });

  async function ids(
    query: Partial<Omit<MovieListQuery, "filter">> & { filter?: MessageInitShape<typeof MovieFilterSchema> },
  ) {
    const filter = query.filter && create(MovieFilterSchema, query.filter);
    const all: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store().listMovies(tenant, {
        titleQuery: "",
        order: MovieOrder.UNSPECIFIED,
        limit: 2,
        ...query,
        filter,
        cursor,
      });
      expect(page.items.length).toBeLessThanOrEqual(2);
      all.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return all;
  }

  test.each([
    [MovieOrder.UNSPECIFIED, ["amelie", "nemo", "oceans", "spirited", "unknown"]],
    [MovieOrder.TITLE, ["amelie", "nemo", "oceans", "unknown", "spirited"]],
    [MovieOrder.NEWEST, ["nemo", "amelie", "oceans", "spirited", "unknown"]],
    [MovieOrder.RATING, ["spirited", "amelie", "nemo", "oceans", "unknown"]],
  ])("the order %s is complete over pages", async (order, expected) => {
    expect(await ids({ order })).toEqual(expected);
  });

  test.each<[string, MessageInitShape<typeof MovieFilterSchema>, string[]]>([
    ["any genre", { genres: { any: ["ANIMATION", "crime"] } }, ["nemo", "oceans", "spirited"]],
    ["all genres", { genres: { all: ["comedy", "Crime"] } }, ["oceans"]],
    ["no genre", { genres: { none: ["Comedy"] } }, ["nemo", "spirited", "unknown"]],
    ["any but not", { genres: { any: ["comedy"], none: ["crime"] } }, ["amelie"]],
    ["language", { languages: { any: ["FR", "ja"] } }, ["amelie", "spirited"]],
    ["country and genre", { countries: { all: ["us"] }, genres: { any: ["family"] } }, ["nemo"]],
    ["keyword", { keywords: { any: ["fish"] } }, ["nemo"]],
    ["a name of another set", { keywords: { any: ["comedy"] } }, []],
    ["person", { personIds: { any: ["Julia-Roberts"] } }, ["oceans"]],
    ["least year", { releaseYear: { min: 2002 } }, ["nemo"]],
    ["greatest year, unknown left out", { releaseYear: { max: 2001 } }, ["amelie", "oceans", "spirited"]],
    ["running time", { runtimeMinutes: { min: 101, max: 120 } }, ["oceans"]],
    ["rating", { rating: { max: 8.25 } }, ["nemo"]],
    ["rating count", { minRatingCount: 700n }, ["amelie", "nemo"]],
    ["ids", { ids: ["nemo", "oceans", "none", "\0"], genres: { any: ["comedy"] } }, ["oceans"]],
    ["names with quotes", { genres: { any: ["it's", "\\", "a & b | !c:*", "\0"] } }, []],
    ["empty ranges", { releaseYear: {} }, ["amelie", "nemo", "oceans", "spirited", "unknown"]],
  ])("filter: %s", async (_, filter, expected) => {
    expect(await ids({ filter })).toEqual(expected);
  });

  test.each([
    ["find NEM", ["nemo"]],
    ["nemo finding", ["nemo"]],
    ["amelie", ["amelie"]],
    ["Poul fab", ["amelie"]],
    ["spir", ["spirited"]],
    ["千と", ["spirited"]],
    ["oceans", ["oceans"]],
    ["ocean's el", ["oceans"]],
    ["inding", []],
    ["comedy", []],
    ["!!! ' \\ \0", ["amelie", "nemo", "oceans", "spirited", "unknown"]],
  ])("titles with words that begin with those of %j", async (titleQuery, expected) => {
    expect(await ids({ titleQuery })).toEqual(expected);
  });

  test("a filter, a title query and an order go together", async () => {
    const filter = { releaseYear: { min: 2001, max: 2001 } };
    expect(await ids({ filter, titleQuery: "o", order: MovieOrder.TITLE })).toEqual(["oceans"]);
  });

  test("a cursor of another list is refused", async () => {
    const query = { filter: undefined, titleQuery: "", limit: 2 };
    const page = await store().listMovies(tenant, { ...query, order: MovieOrder.TITLE, cursor: undefined });
    for (const cursor of [page.nextCursor, "x", ""]) {
      await expect(store().listMovies(tenant, { ...query, order: MovieOrder.UNSPECIFIED, cursor })).rejects.toEqual(
        expect.objectContaining({ reason: ErrorReason.PAGE_TOKEN_INVALID }),
      );
    }
  });
}
