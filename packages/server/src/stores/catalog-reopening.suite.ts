import { expect, test } from "vitest";
import type { CatalogSuite } from "./catalog-suite.js";
import { actors, sampleMovie, sampleVector } from "./testing/sample-movies.js";

/** What is there after the store has been closed and opened again. */
export function testReopening({ store, newTenant, reopen }: CatalogSuite): void {
  test("everything is as it was, and revisions go on growing", async () => {
    const tenant = newTenant();
    const created = await store().createMovie(tenant, sampleMovie("a", { credits: actors("Tom Hanks") }));
    const row = { row: 1, movie: sampleMovie("b") };
    await store().importBatch(tenant, { importId: "i", mode: 0, lastRow: 1, rows: [row], rejectedCount: 0 });
    const [pending] = await store().moviesToEncode(tenant, "m", "", 1);
    await store().storeVectors(tenant, "m", [
      { movieId: "a", textDigest: pending?.textDigest ?? "", vector: sampleVector(3) },
    ]);
    const status = await store().status(tenant, "m");
    const catalogId = (await store().position(tenant)).catalogId;
    await reopen();
    expect((await store().position(tenant)).catalogId).toBe(catalogId);
    expect(await store().status(tenant, "m")).toEqual(status);
    expect((await store().getMovies(tenant, ["a"])).get("a")).toEqual(created);
    expect(await store().getImport(tenant, "i")).toMatchObject({ committedRow: 1 });
    expect((await store().getPeople(tenant, ["tom-hanks"])).size).toBe(1);
    const { changes } = await store().changesAfter(tenant, 0n, "m", 10);
    expect(changes.map(({ movieId, vector }) => [movieId, vector?.length])).toEqual([
      ["b", undefined],
      ["a", 12],
    ]);
    await store().createMovie(tenant, sampleMovie("c"));
    expect((await store().status(tenant, "m")).revision > status.revision).toBe(true);
  });
}
