import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { actors, sampleMovie } from "../testing/sample-movies.js";
import { TemporaryMongo } from "../testing/temporary-mongo.js";
import { applyOperations } from "./apply-operations.js";
import { CatalogLog } from "./catalog-log.js";
import type { CatalogWrite } from "./catalog-write.js";
import { createMongoCatalogStore } from "./mongo-catalog-store.js";
import type { OpenMongo } from "./open-mongo.js";
import { upsertMovies } from "./put-movies.js";

const MODEL = "minilm@1.5";
const textDigest = ({ title }: { title: string }) => title;

needsServer("TEST_MONGODB_URL", (url) => {
  describe.each([
    ["as the server is", undefined],
    ["in the words that MongoDB hears", { keyAlone: false }],
  ] as const)("the log of a catalogue, %s", (_, traits) => {
    let database: TemporaryMongo;
    let mongo: OpenMongo;
    let store: CatalogStore;
    /** Another server's view of the same catalogue. */
    let log: CatalogLog;

    beforeEach(async () => {
      database = new TemporaryMongo(url, traits);
      mongo = await database.open();
      store = createMongoCatalogStore({ mongo, textDigest });
      log = new CatalogLog(mongo.collections, "another server");
    });
    afterEach(async () => {
      await database.close();
      await database.remove();
    });

    /** A write of another server up to its commit, which is as far as a crash lets it come. */
    async function commitOnly(tenant: string, ...ids: string[]) {
      const head = await log.head(tenant);
      const write: CatalogWrite = { ...mongo, tenant, state: head.after, textDigest };
      const movies = ids.map((id) => sampleMovie(id, { title: `of ${tenant}`, credits: actors("Tom Hanks") }));
      const planned = await upsertMovies(write, movies);
      const commit = await log.append(tenant, head, planned);
      return { head, planned, commit: commit ?? expect.fail("another writer was first") };
    }

    test("a write whose server ended after the commit takes place, before the next write", async () => {
      await store.createMovie("t", sampleMovie("a"));
      await commitOnly("t", "a", "b");
      await store.createMovie("t", sampleMovie("c", { credits: actors("Tom Hanks") }));
      expect((await store.getMovies("t", ["a"])).get("a")?.title).toBe("of t");
      expect(await store.status("t", MODEL)).toMatchObject({ movieCount: 3, personCount: 1, revision: 4n });
      expect((await store.getPeople("t", ["tom-hanks"])).get("tom-hanks")?.creditCount).toBe(3);
      const { changes } = await store.changesAfter("t", 0n, MODEL, 10);
      expect(changes.map(({ movieId }) => movieId)).toEqual(["a", "b", "c"]);
    });

    test("readers of the feed see nothing of it until it is complete, and complete it if nobody else does", async () => {
      await store.createMovie("t", sampleMovie("a"));
      const { planned } = await commitOnly("t", "b", "c");
      await applyOperations(mongo.collections, 2, planned.operations.slice(0, 1), mongo.traits);
      expect(await store.changesAfter("t", 1n, MODEL, 10)).toEqual({ changes: [], revision: 1n });
      expect((await store.status("t", MODEL)).movieCount).toBe(1);
      await expect
        .poll(async () => (await store.changesAfter("t", 1n, MODEL, 10)).changes.map(({ movieId }) => movieId), {
          timeout: 8_000,
          interval: 200,
        })
        .toEqual(["b", "c"]);
      expect(await store.status("t", MODEL)).toMatchObject({ movieCount: 3, personCount: 1, revision: 3n });
    });

    test("a server that was suspended in the middle of a write changes nothing when it goes on", async () => {
      const { commit, planned } = await commitOnly("t", "a", "b");
      await store.updateMovie("t", "a", () => sampleMovie("a", { title: "later" }));
      await store.deleteMovie("t", "b", "");
      const before = await store.changesAfter("t", 0n, MODEL, 10);
      await applyOperations(mongo.collections, commit.number, planned.operations, mongo.traits);
      await log.markApplied("t", commit);
      expect(await store.changesAfter("t", 0n, MODEL, 10)).toEqual(before);
      expect(before.changes.map(({ movie }) => movie?.title)).toEqual(["later", undefined]);
      expect((await store.getPeople("t", ["tom-hanks"])).size).toBe(0);
    });

    test("a server that was suspended before its commit does not get it in, however long ago that was", async () => {
      await store.createMovie("t", sampleMovie("a"));
      const head = await log.head("t");
      const write: CatalogWrite = { ...mongo, tenant: "t", state: head.after, textDigest };
      const planned = await upsertMovies(write, [sampleMovie("stale")]);
      for (const writes of [1, 30]) {
        for (let index = 0; index < writes; index++) await store.updateMovie("t", "a", () => sampleMovie("a"));
        const outcome = await log.append("t", head, planned).catch(({ message }: Error) => message);
        expect([undefined, "It is not known whether the write took place."]).toContain(outcome);
      }
      await store.createMovie("t", sampleMovie("b"));
      expect(await store.missingIds("t", ["a", "b", "stale"])).toEqual(["stale"]);
      expect(await store.status("t", MODEL)).toMatchObject({ movieCount: 2, revision: 33n });
    });

    test("of a commit in several documents either all or nothing takes place", async () => {
      const synopsis = "x".repeat(20_000);
      const ids = Array.from({ length: 600 }, (_unused, index) => `m${index}`);
      await store.upsertMovies(
        "t",
        ids.map((id) => sampleMovie(id, { synopsis })),
      );
      expect(await mongo.collections.commitParts.countDocuments()).toBe(0);
      expect(await store.status("t", MODEL)).toMatchObject({ movieCount: 600, revision: 600n });
    });
  });

  test("servers that write at the same time lose nothing, and a reader misses nothing", async () => {
    const database = new TemporaryMongo(url);
    const opened = await Promise.all(Array.from({ length: 4 }, () => database.open()));
    const [reader, ...writers] = opened.map((mongo) => createMongoCatalogStore({ mongo, textDigest }));
    if (reader === undefined) expect.fail();
    const seen = new Map<string, string | undefined>();
    let revision = 0n;
    let writing = true;
    const read = async () => {
      const page = await reader.changesAfter("t", revision, MODEL, 7);
      for (const { movieId, movie } of page.changes) seen.set(movieId, movie?.etag);
      revision = page.revision;
      return page.changes.length > 0;
    };
    const reading = (async () => {
      while ((await read()) || writing) await new Promise((resolve) => setTimeout(resolve, 5));
    })();
    await Promise.all(
      writers.map(async (store, writer) => {
        for (let index = 0; index < 12; index++) {
          const credits = actors("Tom Hanks", `Person ${index}`);
          await store.upsertMovies("t", [
            sampleMovie("shared", { credits }),
            sampleMovie(`w${writer}-${index}`, { credits }),
          ]);
          if (index % 4 === 0) await store.deleteMovie("t", `w${writer}-${index}`, "");
        }
      }),
    );
    writing = false;
    await reading;
    // The last look may have begun before the last write ended.
    while (await read());
    const { movieCount, personCount } = await reader.status("t", MODEL);
    const movies = await reader.getMovies("t", [...seen.keys()]);
    expect(seen.size).toBe(1 + 3 * 12);
    expect(movies.size).toBe(movieCount);
    expect(movieCount).toBe(1 + 3 * 9);
    for (const [id, etag] of seen) expect(movies.get(id)?.etag).toBe(etag);
    const people = await reader.listPeople("t", { nameQuery: "", cursor: undefined, limit: 100 });
    expect(people.items).toHaveLength(personCount);
    const credits = [...movies.values()].reduce((sum, movie) => sum + movie.credits.length, 0);
    expect(people.items.reduce((sum, { creditCount }) => sum + creditCount, 0)).toBe(credits);
    for (const { close } of opened) await close();
    await database.remove();
  }, 120_000);
});
