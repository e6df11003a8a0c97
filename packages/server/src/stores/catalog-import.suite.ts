import { ImportMode, type Movie } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import type { StoreImportBatch } from "../matching/catalog-store.js";
import type { CatalogSuite } from "./catalog-suite.js";
import { actors, sampleMovie } from "./testing/sample-movies.js";

function batchOf(movies: readonly Movie[], fields: Partial<StoreImportBatch> = {}): StoreImportBatch {
  const rows = movies.map((movie, index) => ({ row: index + 1, movie }));
  return { importId: "i", mode: ImportMode.UNSPECIFIED, lastRow: rows.length, rows, rejectedCount: 0, ...fields };
}

/** Imports. */
export function testImports({ store, newTenant }: CatalogSuite): void {
  test("an import that never began has no progress", async () => {
    expect(await store().getImport(newTenant(), "i")).toBeUndefined();
  });

  test("a batch is written with its position, and repeating it changes nothing", async () => {
    const tenant = newTenant();
    const batch = batchOf([sampleMovie("a", { credits: actors("Tom Hanks") }), sampleMovie("b")], {
      lastRow: 5,
      rejectedCount: 3,
    });
    const progress = { committedRow: 5, createdCount: 2, updatedCount: 0, rejectedCount: 3 };
    expect(await store().importBatch(tenant, batch)).toEqual({ ...progress, rejections: [] });
    const { revision } = await store().status(tenant, "m");
    expect(await store().importBatch(tenant, batch)).toEqual({ ...progress, rejections: [] });
    expect(await store().getImport(tenant, "i")).toEqual(progress);
    expect((await store().status(tenant, "m")).revision).toBe(revision);
    expect((await store().getPeople(tenant, ["tom-hanks"])).get("tom-hanks")?.creditCount).toBe(1);
  });

  test("of a batch that is partly committed the rest is written", async () => {
    const tenant = newTenant();
    await store().importBatch(tenant, batchOf([sampleMovie("a", { title: "first" })]));
    const progress = await store().importBatch(
      tenant,
      batchOf([sampleMovie("a", { title: "again" }), sampleMovie("b")]),
    );
    expect(progress).toMatchObject({ committedRow: 2, createdCount: 2, updatedCount: 0 });
    expect((await store().getMovies(tenant, ["a"])).get("a")?.title).toBe("first");
  });

  test("a row whose external id is another movie's is rejected, the others are written", async () => {
    const tenant = newTenant();
    const externalIds = [{ source: "imdb", value: "tt1" }];
    await store().createMovie(tenant, sampleMovie("a", { externalIds }));
    const rows = [
      sampleMovie("b", { externalIds }),
      sampleMovie("c"),
      sampleMovie("d", { externalIds: [{ source: "x", value: "\0" }] }),
    ];
    const result = await store().importBatch(tenant, batchOf(rows));
    expect(result).toMatchObject({ createdCount: 1, rejectedCount: 2 });
    expect(result.rejections.map(({ row }) => row)).toEqual([1, 3]);
    expect(result.rejections[0]?.message).toContain("imdb:tt1");
    expect(await store().missingIds(tenant, ["b", "c", "d"])).toEqual(["b", "d"]);
  });

  test("replacing: the last row of an id counts", async () => {
    const tenant = newTenant();
    const result = await store().importBatch(
      tenant,
      batchOf([sampleMovie("a", { synopsis: "1", genres: ["Drama"] }), sampleMovie("a", { synopsis: "2" })]),
    );
    expect(result).toMatchObject({ createdCount: 1, updatedCount: 1 });
    expect((await store().getMovies(tenant, ["a"])).get("a")).toMatchObject({ synopsis: "2", genres: [] });
  });

  test("merging fills in what is absent and unites external ids, in the order of the rows", async () => {
    const tenant = newTenant();
    await store().createMovie(
      tenant,
      sampleMovie("a", { genres: ["Drama"], externalIds: [{ source: "x", value: "1" }] }),
    );
    const rows = [
      sampleMovie("a", {
        title: "Other",
        genres: ["Comedy"],
        synopsis: "one",
        externalIds: [{ source: "y", value: "2" }],
      }),
      sampleMovie("a", { synopsis: "two", releaseYear: 1990, externalIds: [{ source: "x", value: "1" }] }),
    ];
    await store().importBatch(tenant, batchOf(rows, { mode: ImportMode.MERGE }));
    expect((await store().getMovies(tenant, ["a"])).get("a")).toMatchObject({
      title: "The a",
      genres: ["Drama"],
      synopsis: "one",
      releaseYear: 1990,
      externalIds: [
        { source: "x", value: "1" },
        { source: "y", value: "2" },
      ],
    });
  });

  test("rows that change nothing are not written again", async () => {
    const tenant = newTenant();
    const movies = [sampleMovie("a", { credits: actors("Tom Hanks") }), sampleMovie("b")];
    await store().importBatch(tenant, batchOf(movies));
    const { revision } = await store().status(tenant, "m");
    const again = await store().importBatch(tenant, batchOf(movies, { importId: "j" }));
    expect(again).toMatchObject({ committedRow: 2, createdCount: 0, updatedCount: 2 });
    expect((await store().status(tenant, "m")).revision).toBe(revision);
  });

  test("1,000 rows are one batch", async () => {
    const tenant = newTenant();
    const movies = Array.from({ length: 1000 }, (_, at) =>
      sampleMovie(`m${at}`, { credits: actors(`P ${at % 300}`, "Q") }),
    );
    expect(await store().importBatch(tenant, batchOf(movies))).toMatchObject({ createdCount: 1000 });
    expect(await store().status(tenant, "m")).toMatchObject({ movieCount: 1000, personCount: 301 });
    expect((await store().getPeople(tenant, ["q"])).get("q")?.creditCount).toBe(1000);
  });
}
