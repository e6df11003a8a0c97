import { expect, test } from "vitest";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { CatalogSuite } from "./catalog-suite.js";
import { actors, sampleMovie, sampleVector } from "./testing/sample-movies.js";

const MODEL = "minilm@1";

async function encode(store: CatalogStore, tenant: string, seed: number, model = MODEL): Promise<number> {
  const movies = await store.moviesToEncode(tenant, model, "", 1000);
  const vectors = movies.map(({ movie, textDigest }) => ({
    movieId: movie.id,
    textDigest,
    vector: sampleVector(seed),
  }));
  return store.storeVectors(tenant, model, vectors);
}

/** The feed of changes, and the vectors. */
export function testFeed({ store, newTenant }: CatalogSuite): void {
  test("each movie comes once, as it is now, in the order of the last writes", async () => {
    const tenant = newTenant();
    expect(await store().changesAfter(tenant, 0n, MODEL, 10)).toEqual({ changes: [], revision: 0n });
    await store().upsertMovies(tenant, [sampleMovie("a"), sampleMovie("b"), sampleMovie("c")]);
    await store().updateMovie(tenant, "a", () => sampleMovie("a", { title: "Last" }));
    await store().deleteMovie(tenant, "b", "");
    const { changes, revision } = await store().changesAfter(tenant, 0n, MODEL, 10);
    expect(changes.map(({ movieId, movie }) => [movieId, movie?.title])).toEqual([
      ["c", "The c"],
      ["a", "Last"],
      ["b", undefined],
    ]);
    expect(await store().changesAfter(tenant, revision, MODEL, 10)).toEqual({ changes: [], revision });
    expect((await store().status(tenant, MODEL)).revision).toBe(revision);
    expect((await store().position(tenant)).revision).toBe(revision);
  });

  test("the revision of a catalogue is where its feed ends, whatever was written, and other tenants leave it alone", async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    expect((await store().position(tenant)).revision).toBe(0n);
    const writes = [
      () => store().upsertMovies(tenant, [sampleMovie("a", { credits: actors("Tom Hanks") }), sampleMovie("b")]),
      () => encode(store(), tenant, 1),
      () => encode(store(), tenant, 1, "other@1"),
      () => store().updateMovie(tenant, "b", () => sampleMovie("b", { title: "New" })),
      () => store().deleteMovie(tenant, "b", ""),
      () => store().deleteMovies(tenant, ["a", "none"]),
    ];
    let before = 0n;
    for (const write of writes) {
      await write();
      const revision = (await store().position(tenant)).revision;
      expect(revision > before).toBe(true);
      expect((await store().changesAfter(tenant, 0n, MODEL, 10)).revision).toBe(revision);
      await store().upsertMovies(other, [sampleMovie("a")]);
      expect((await store().position(tenant)).revision).toBe(revision);
      before = revision;
    }
  });

  test("each tenant's catalogue has a name of its own from its first write on", async () => {
    const tenants = [newTenant(), newTenant()] as const;
    for (const tenant of tenants) {
      expect((await store().position(tenant)).catalogId).toBe("");
      await store().createMovie(tenant, sampleMovie("a"));
    }
    const [one, other] = await Promise.all(tenants.map(async (tenant) => (await store().position(tenant)).catalogId));
    expect(one).not.toBe("");
    expect(other).not.toBe(one);
    await store().deleteMovie(tenants[0], "a", "");
    expect((await store().position(tenants[0])).catalogId).toBe(one);
  });

  test("a deleted movie that is created again comes back", async () => {
    const tenant = newTenant();
    await store().createMovie(tenant, sampleMovie("a"));
    await store().deleteMovie(tenant, "a", "");
    const { revision } = await store().changesAfter(tenant, 0n, MODEL, 10);
    await store().createMovie(tenant, sampleMovie("a"));
    expect((await store().changesAfter(tenant, revision, MODEL, 10)).changes).toMatchObject([
      { movieId: "a", movie: {} },
    ]);
  });

  test("a reader that follows concurrent writes by small pages ends with exactly what is stored", async () => {
    const tenant = newTenant();
    const seen = new Map<string, string | undefined>();
    let revision = 0n;
    let writing = true;
    const read = async () => {
      const page = await store().changesAfter(tenant, revision, MODEL, 7);
      expect(page.changes.length).toBeLessThanOrEqual(7);
      expect(page.revision >= revision).toBe(true);
      for (const { movieId, movie } of page.changes) seen.set(movieId, movie?.etag);
      const more = page.changes.length > 0;
      revision = page.revision;
      return more;
    };
    const reading = (async () => {
      while ((await read()) || writing) await new Promise((resolve) => setImmediate(resolve));
    })();
    await Promise.all(
      Array.from({ length: 120 }, async (_, index) => {
        await store().upsertMovies(tenant, [sampleMovie(`m${index % 40}`), sampleMovie(`n${index}`)]);
        if (index % 5 === 0) await store().deleteMovie(tenant, `n${index}`, "");
      }),
    );
    writing = false;
    await reading;
    // The last look may have begun before the last write ended.
    while (await read());
    const ids = [...seen.keys()];
    const stored = await store().getMovies(tenant, ids);
    expect(ids).toHaveLength(160);
    expect(stored.size).toBe((await store().status(tenant, MODEL)).movieCount);
    for (const [id, etag] of seen) expect(stored.get(id)?.etag).toBe(etag);
  });

  test("movies wait for their vectors, and a vector comes with the feed", async () => {
    const tenant = newTenant();
    await store().upsertMovies(tenant, [sampleMovie("c"), sampleMovie("a"), sampleMovie("b")]);
    const pending = await store().moviesToEncode(tenant, MODEL, "", 2);
    expect(pending.map(({ movie }) => movie.id)).toEqual(["a", "b"]);
    expect((await store().moviesToEncode(tenant, MODEL, "b", 2)).map(({ movie }) => movie.id)).toEqual(["c"]);
    const before = (await store().getMovies(tenant, ["a"])).get("a")?.etag;
    const { revision } = await store().changesAfter(tenant, 0n, MODEL, 10);
    expect(await encode(store(), tenant, 1)).toBe(3);
    expect(await store().status(tenant, MODEL)).toMatchObject({ movieCount: 3, encodedCount: 3 });
    expect(await store().moviesToEncode(tenant, MODEL, "", 10)).toEqual([]);
    const { changes } = await store().changesAfter(tenant, revision, MODEL, 10);
    expect(changes.map(({ movieId }) => movieId).sort()).toEqual(["a", "b", "c"]);
    for (const { vector } of changes) expect(new Uint8Array(vector ?? [])).toEqual(sampleVector(1));
    expect((await store().getMovies(tenant, ["a"])).get("a")?.etag).toBe(before);
  });

  test("a vector of a text that has changed, or of no movie, is dropped", async () => {
    const tenant = newTenant();
    await store().createMovie(tenant, sampleMovie("a", { synopsis: "old" }));
    const [pending] = await store().moviesToEncode(tenant, MODEL, "", 10);
    await store().updateMovie(tenant, "a", () => sampleMovie("a", { synopsis: "new" }));
    const stale = { movieId: "a", textDigest: pending?.textDigest ?? "", vector: sampleVector(1) };
    expect(await store().storeVectors(tenant, MODEL, [stale, { ...stale, movieId: "none" }])).toBe(0);
    expect((await store().status(tenant, MODEL)).encodedCount).toBe(0);
    const [current] = await store().moviesToEncode(tenant, MODEL, "", 10);
    const fresh = { ...stale, textDigest: current?.textDigest ?? "" };
    expect(await store().storeVectors(tenant, MODEL, [stale, fresh, fresh])).toBe(1);
    expect((await store().status(tenant, MODEL)).encodedCount).toBe(1);
  });

  test("a movie needs a new vector when its text changes, and only then", async () => {
    const tenant = newTenant();
    await store().createMovie(tenant, sampleMovie("a", { synopsis: "old" }));
    await encode(store(), tenant, 1);
    await store().updateMovie(tenant, "a", (current) => ({ ...(current ?? sampleMovie("a")), runtimeMinutes: 99 }));
    expect((await store().status(tenant, MODEL)).encodedCount).toBe(1);
    expect((await store().changesAfter(tenant, 0n, MODEL, 10)).changes[0]?.vector).toHaveLength(12);
    await store().updateMovie(tenant, "a", () => sampleMovie("a", { synopsis: "new" }));
    expect((await store().status(tenant, MODEL)).encodedCount).toBe(0);
    expect((await store().changesAfter(tenant, 0n, MODEL, 10)).changes[0]?.vector).toBeUndefined();
    expect(await store().moviesToEncode(tenant, MODEL, "", 10)).toHaveLength(1);
  });

  test("models have vectors of their own, and a deleted movie has none", async () => {
    const tenant = newTenant();
    await store().upsertMovies(tenant, [sampleMovie("a", { credits: actors("Tom Hanks") }), sampleMovie("b")]);
    await encode(store(), tenant, 1);
    await encode(store(), tenant, 2, "other@1");
    await store().deleteMovie(tenant, "a", "");
    for (const [model, seed] of [
      [MODEL, 1],
      ["other@1", 2],
    ] as const) {
      expect(await store().status(tenant, model)).toMatchObject({ movieCount: 1, encodedCount: 1 });
      const { changes } = await store().changesAfter(tenant, 0n, model, 10);
      expect(changes.map(({ movieId, vector }) => [movieId, vector && new Uint8Array(vector)])).toEqual([
        ["b", sampleVector(seed)],
        ["a", undefined],
      ]);
    }
    await store().createMovie(tenant, sampleMovie("a"));
    expect((await store().status(tenant, MODEL)).encodedCount).toBe(1);
  });
}
