import { equals } from "@bufbuild/protobuf";
import { ErrorReason, type Movie, MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import type { CatalogSuite } from "./catalog-suite.js";
import { actors, sampleMovie } from "./testing/sample-movies.js";
import { etagMismatch } from "./write-errors.js";

const reason = (value: ErrorReason) => expect.objectContaining({ reason: value });

/** Single writes and batches. */
export function testWrites({ store, newTenant }: CatalogSuite): void {
  test("a created movie is read as it was written, with an etag and times", async () => {
    const tenant = newTenant();
    const created = await store().createMovie(
      tenant,
      sampleMovie("nemo", {
        title: "Finding Nemo",
        releaseYear: 2003,
        genres: ["Animation", "Family"],
        countries: ["US"],
        credits: actors("Albert Brooks"),
        externalIds: [{ source: "imdb", value: "tt0266543" }],
        rating: { average: 8.2, count: 1_100_000_000_000n },
        features: { shelf: "A1", nested: { deep: [1, null, "x"] } },
      }),
    );
    expect(created.etag).not.toBe("");
    expect(created.createTime).toEqual(created.updateTime);
    expect(created.credits[0]?.personId).toBe("albert-brooks");
    const read = (await store().getMovies(tenant, ["nemo", "missing"])).get("nemo") as Movie;
    expect(equals(MovieSchema, read, created)).toBe(true);
    expect(await store().missingIds(tenant, ["missing", "nemo", "missing"])).toEqual(["missing"]);
  });

  test("an id or an external id that is taken is refused and nothing is written", async () => {
    const tenant = newTenant();
    const externalIds = [{ source: "imdb", value: "tt1" }];
    await store().createMovie(tenant, sampleMovie("a", { externalIds }));
    await expect(store().createMovie(tenant, sampleMovie("a"))).rejects.toEqual(reason(ErrorReason.MOVIE_EXISTS));
    const taken = reason(ErrorReason.EXTERNAL_ID_TAKEN);
    await expect(store().createMovie(tenant, sampleMovie("b", { externalIds }))).rejects.toEqual(taken);
    const batch = [sampleMovie("c"), sampleMovie("d", { externalIds })];
    await expect(store().upsertMovies(tenant, batch)).rejects.toEqual(taken);
    expect(await store().missingIds(tenant, ["b", "c", "d"])).toEqual(["b", "c", "d"]);
    expect((await store().findByExternalId(tenant, "imdb", "tt1"))?.id).toBe("a");
  });

  test("an update sees the present movie, keeps the create time and gives a new etag", async () => {
    const tenant = newTenant();
    const created = await store().createMovie(tenant, sampleMovie("a", { releaseYear: 1999 }));
    const updated = await store().updateMovie(tenant, "a", (current) => ({
      ...(current as Movie),
      runtimeMinutes: 90,
    }));
    expect(updated).toMatchObject({ releaseYear: 1999, runtimeMinutes: 90, createTime: created.createTime });
    expect(updated.etag).not.toBe(created.etag);
    const made = await store().updateMovie(tenant, "new", (current) => {
      expect(current).toBeUndefined();
      return sampleMovie("new");
    });
    expect(made.id).toBe("new");
  });

  test("an update that throws changes nothing", async () => {
    const tenant = newTenant();
    const { etag } = await store().createMovie(tenant, sampleMovie("a"));
    const failing = store().updateMovie(tenant, "a", () => {
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect((await store().getMovies(tenant, ["a"])).get("a")?.etag).toBe(etag);
  });

  test("of 50 concurrent updates with one etag, one wins", async () => {
    const tenant = newTenant();
    const { etag } = await store().createMovie(tenant, sampleMovie("a"));
    const updates = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        store().updateMovie(tenant, "a", (current) => {
          if (current?.etag !== etag) throw etagMismatch("a");
          return { ...current, runtimeMinutes: index + 1 };
        }),
      ),
    );
    expect(updates.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("an upsert replaces whole movies and counts the new ones; of one id the last counts", async () => {
    const tenant = newTenant();
    await store().createMovie(tenant, sampleMovie("a", { synopsis: "old", genres: ["Drama"] }));
    const batch = [sampleMovie("a"), sampleMovie("b", { synopsis: "1" }), sampleMovie("b", { synopsis: "2" })];
    expect(await store().upsertMovies(tenant, batch)).toEqual({ createdCount: 1 });
    const movies = await store().getMovies(tenant, ["a", "b"]);
    expect(movies.get("a")).toMatchObject({ synopsis: "", genres: [] });
    expect(movies.get("b")?.synopsis).toBe("2");
    expect((await store().status(tenant, "m")).movieCount).toBe(2);
  });

  test("an external id that its movie no longer has is free", async () => {
    const tenant = newTenant();
    const externalIds = [{ source: "imdb", value: "tt1" }];
    await store().createMovie(tenant, sampleMovie("a", { externalIds }));
    await store().upsertMovies(tenant, [sampleMovie("a"), sampleMovie("b", { externalIds })]);
    expect((await store().findByExternalId(tenant, "imdb", "tt1"))?.id).toBe("b");
  });

  test("a delete wants the present etag or none, and takes everything with it", async () => {
    const tenant = newTenant();
    const externalIds = [{ source: "imdb", value: "tt1" }];
    const movie = await store().createMovie(tenant, sampleMovie("a", { externalIds, credits: actors("Tom Hanks") }));
    await expect(store().deleteMovie(tenant, "a", "stale")).rejects.toEqual(reason(ErrorReason.ETAG_MISMATCH));
    expect(await store().deleteMovie(tenant, "a", movie.etag)).toBe(true);
    expect(await store().deleteMovie(tenant, "a", "")).toBe(false);
    expect(await store().findByExternalId(tenant, "imdb", "tt1")).toBeUndefined();
    expect((await store().getPeople(tenant, ["tom-hanks"])).size).toBe(0);
    expect(await store().status(tenant, "m")).toMatchObject({ movieCount: 0, personCount: 0 });
  });

  test("restored movies keep their etags and times, and replace what was there", async () => {
    const [tenant, other] = [newTenant(), newTenant()];
    const externalIds = [{ source: "imdb", value: "tt1" }];
    const credits = actors("Tom Hanks");
    const movie = await store().createMovie(tenant, sampleMovie("a", { externalIds, credits }));
    await store().restoreMovies(other, [movie, sampleMovie("b", { etag: "x", credits: movie.credits })]);
    const read = await store().getMovies(other, ["a", "b"]);
    expect(equals(MovieSchema, read.get("a") as Movie, movie)).toBe(true);
    expect(read.get("b")?.etag).toBe("x");
    expect((await store().getPeople(other, ["tom-hanks"])).get("tom-hanks")?.creditCount).toBe(2);
    await store().restoreMovies(other, [sampleMovie("a", { etag: "y" })]);
    expect((await store().getMovies(other, ["a"])).get("a")).toMatchObject({ etag: "y", credits: [] });
    expect(await store().findByExternalId(other, "imdb", "tt1")).toBeUndefined();
    expect((await store().changesAfter(other, 0n, "m", 10)).changes).toHaveLength(2);
  });

  test("movies are deleted together, with everything of theirs", async () => {
    const tenant = newTenant();
    const externalIds = [{ source: "imdb", value: "tt1" }];
    await store().upsertMovies(tenant, [sampleMovie("a", { externalIds }), sampleMovie("b"), sampleMovie("c")]);
    await store().deleteMovies(tenant, ["a", "c", "missing"]);
    expect(await store().missingIds(tenant, ["a", "b", "c"])).toEqual(["a", "c"]);
    expect(await store().findByExternalId(tenant, "imdb", "tt1")).toBeUndefined();
    expect((await store().status(tenant, "m")).movieCount).toBe(1);
    await store().deleteMovies(tenant, []);
  });

  test("tenants never see each other", async () => {
    const [one, other] = [newTenant(), newTenant()];
    const fields = { externalIds: [{ source: "imdb", value: "tt1" }], credits: actors("Tom Hanks") };
    await store().createMovie(one, sampleMovie("a", { ...fields, title: "One" }));
    await store().createMovie(other, sampleMovie("a", { ...fields, title: "Other" }));
    await store().deleteMovie(one, "a", "");
    expect((await store().findByExternalId(other, "imdb", "tt1"))?.title).toBe("Other");
    expect((await store().getPeople(other, ["tom-hanks"])).size).toBe(1);
    expect((await store().getMovies(one, ["a"])).size).toBe(0);
    expect((await store().changesAfter(other, 0n, "m", 10)).changes).toHaveLength(1);
  });

  test("unusual text is kept as it is: other scripts, emoji, quotes, a NUL, 20,000 characters, 1,000 credits", async () => {
    const tenant = newTenant();
    const title = `千と千尋の神隠し 👩‍👩‍👧 "it's" \\ {x} % _ \0 ﷺ`;
    const synopsis = "ж🙂".repeat(10_000);
    const credits = actors(...Array.from({ length: 1000 }, (_, index) => `Актёр ${index}`));
    const genres = [title, "C:\\x", "a'b"];
    const created = await store().createMovie(tenant, sampleMovie("a", { title, synopsis, credits, genres }));
    const read = (await store().getMovies(tenant, ["a"])).get("a") as Movie;
    expect(equals(MovieSchema, read, created)).toBe(true);
    expect((await store().status(tenant, "m")).personCount).toBe(1000);
  });

  test("an id with a NUL is nobody's, and cannot be written", async () => {
    const tenant = newTenant();
    expect((await store().getMovies(tenant, ["a\0"])).size).toBe(0);
    expect(await store().missingIds(tenant, ["a\0"])).toEqual(["a\0"]);
    expect(await store().findByExternalId(tenant, "x", "\0")).toBeUndefined();
    expect(await store().deleteMovie(tenant, "a\0", "")).toBe(false);
    await expect(store().getImport(tenant, "\0")).rejects.toEqual(reason(ErrorReason.FIELD_INVALID));
    const movie = sampleMovie("a", { externalIds: [{ source: "x", value: "\0" }] });
    await expect(store().createMovie(tenant, movie)).rejects.toEqual(reason(ErrorReason.FIELD_INVALID));
  });

  test("listeners hear of writes until they are removed", async () => {
    const tenant = newTenant();
    let heard = 0;
    const remove = store().onWrite(() => {
      heard += 1;
    });
    await store().createMovie(tenant, sampleMovie("a"));
    await expect.poll(() => heard).toBe(1);
    remove();
    await store().createMovie(tenant, sampleMovie("b"));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toBe(1);
  });
}
