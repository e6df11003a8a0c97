import { expect, test } from "vitest";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { CatalogSuite } from "./catalog-suite.js";
import { sampleMovie, sampleVector } from "./testing/sample-movies.js";

interface AnnotatingSuite extends CatalogSuite {
  /** Makes the text of the movies with this id another one, as a note on a film does. */
  annotate(id: string, note: string): void;
}

const MODEL = "minilm@1";
const OTHER = "other@1";

async function encode(store: CatalogStore, tenant: string, model = MODEL): Promise<string[]> {
  const movies = await store.moviesToEncode(tenant, model, "", 1000);
  const vectors = movies.map(({ movie, textDigest }) => ({ movieId: movie.id, textDigest, vector: sampleVector(1) }));
  expect(await store.storeVectors(tenant, model, vectors)).toBe(vectors.length);
  return movies.map(({ movie }) => movie.id);
}

/** Renews all texts of a tenant by so many movies at a time; returns after which movies it went on. */
async function renew(store: CatalogStore, tenant: string, version: string, limit: number): Promise<string[]> {
  const stops: string[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    after = await store.renewTexts(tenant, version, after, limit);
    if (after !== undefined) stops.push(after);
  }
  return stops;
}

/** What becomes of vectors when the texts of some movies are others without a write to them. */
export function testTexts({ store, newTenant, annotate, reopen }: AnnotatingSuite): void {
  test("those movies are encoded again whose text is another, and no others", async () => {
    const [tenant, beside] = [newTenant(), newTenant()];
    const ids = ["a", "b", "c", "d", "e"].map((letter) => `${tenant}-${letter}`);
    const [, second = "", , fourth = ""] = ids;
    for (const each of [tenant, beside]) {
      await store().upsertMovies(
        each,
        ids.map((id) => sampleMovie(id)),
      );
      await encode(store(), each);
    }
    await encode(store(), tenant, OTHER);
    const { revision, changes } = await store().changesAfter(tenant, 0n, MODEL, 10);
    annotate(second, "a note");
    expect(await renew(store(), tenant, "notes 1", 2)).toEqual([second, fourth]);
    expect(await store().status(tenant, MODEL)).toMatchObject({ movieCount: 5, encodedCount: 4 });
    expect(await store().status(tenant, OTHER)).toMatchObject({ encodedCount: 4 });
    const told = await store().changesAfter(tenant, revision, MODEL, 10);
    expect(told.changes.map(({ movieId, movie, vector }) => [movieId, movie?.title, vector])).toEqual([
      [second, `The ${second}`, undefined],
    ]);
    const before = changes.find(({ movieId }) => movieId === second)?.textDigest;
    expect(told.changes[0]?.textDigest).not.toBe(before);
    expect(await encode(store(), tenant)).toEqual([second]);
    expect((await store().status(beside, MODEL)).encodedCount).toBe(5);
    expect(await store().textsVersion(beside)).toBe("");
  });

  test("the version is noted after the last movie, and kept", async () => {
    const tenant = newTenant();
    const ids = ["a", "b", "c"].map((letter) => `${tenant}-${letter}`);
    await store().upsertMovies(
      tenant,
      ids.map((id) => sampleMovie(id)),
    );
    await encode(store(), tenant);
    const { revision } = await store().status(tenant, MODEL);
    expect(await store().textsVersion(tenant)).toBe("");
    const after = await store().renewTexts(tenant, "notes 1", "", 2);
    expect(await store().textsVersion(tenant)).toBe("");
    expect(await store().renewTexts(tenant, "notes 1", after ?? "", 2)).toBeUndefined();
    expect(await store().textsVersion(tenant)).toBe("notes 1");
    await renew(store(), tenant, "notes 2", 3);
    expect(await store().textsVersion(tenant)).toBe("notes 2");
    // Nothing was another one.
    expect((await store().status(tenant, MODEL)).revision).toBe(revision);
    await store().upsertMovies(tenant, [sampleMovie(`${tenant}-d`)]);
    await store().deleteMovies(tenant, ids.slice(1));
    await reopen();
    expect(await store().textsVersion(tenant)).toBe("notes 2");
  });

  test("a restored movie has the digest that it comes with, and whether that is right is not known", async () => {
    const tenant = newTenant();
    const [kept, changed] = [sampleMovie(`${tenant}-a`), sampleMovie(`${tenant}-b`)];
    await store().upsertMovies(tenant, [kept]);
    await renew(store(), tenant, "notes 1", 10);
    const { changes } = await store().changesAfter(tenant, 0n, MODEL, 10);
    const digests = new Map([
      [kept.id, changes[0]?.textDigest ?? ""],
      [changed.id, "of former notes"],
    ]);
    await store().restoreMovies(tenant, [kept, changed], digests);
    expect(await store().textsVersion(tenant)).toBe("");
    const vectors = [...digests].map(([movieId, textDigest]) => ({ movieId, textDigest, vector: sampleVector(1) }));
    expect(await store().storeVectors(tenant, MODEL, vectors)).toBe(2);
    await renew(store(), tenant, "notes 1", 10);
    expect(await encode(store(), tenant)).toEqual([changed.id]);
  });
}
