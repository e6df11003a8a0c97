import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { EventSchema, EventType, type Movie } from "@cinedeepmatch/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AccountStore } from "../accounts/account-store.js";
import type { ActivityStore } from "../matching/activity-store.js";
import type { CatalogStore } from "../matching/catalog-store.js";
import { RowHash } from "../matching/row-hash.js";
import type { TableStore } from "../matching/table-store.js";
import type { ModelFiles } from "../registry/model-files.js";
import type { ModelStore } from "../registry/model-store.js";
import { createEmbeddedAccountStore } from "../stores/embedded/embedded-account-store.js";
import { createEmbeddedActivityStore } from "../stores/embedded/embedded-activity-store.js";
import { createEmbeddedCatalogStore } from "../stores/embedded/embedded-catalog-store.js";
import { createEmbeddedModelStore } from "../stores/embedded/embedded-model-store.js";
import { createEmbeddedTableStore } from "../stores/embedded/embedded-table-store.js";
import { createDiskModelFiles } from "../stores/model-files/disk-model-files.js";
import { createMongoCatalogStore } from "../stores/mongo/mongo-catalog-store.js";
import { createPostgresAccountStore } from "../stores/postgres/postgres-account-store.js";
import { createPostgresActivityStore } from "../stores/postgres/postgres-activity-store.js";
import { createPostgresModelStore } from "../stores/postgres/postgres-model-store.js";
import { createPostgresTableStore } from "../stores/postgres/postgres-table-store.js";
import { needsServer } from "../stores/testing/needs-server.test.support.js";
import { actors, sampleMovie, sampleVector } from "../stores/testing/sample-movies.js";
import { TemporaryDatabase } from "../stores/testing/temporary-database.js";
import { TemporaryMongo } from "../stores/testing/temporary-mongo.js";
import { TemporaryPostgres } from "../stores/testing/temporary-postgres.js";
import { catalogRows } from "./catalog-rows.js";
import { describeBackup } from "./describe-backup.js";
import { restoreBackup } from "./restore-backup.js";
import { fileOf, fillModels, MADE, sampleModel, WEIGHTS, withOtherWeights } from "./sample-models.test.support.js";
import { writeBackup } from "./write-backup.js";

const MODEL = "model@1";
const NOW = 1_700_000_000_000;
const textDigest = ({ title }: Movie) => title;

interface Stores {
  readonly tables: TableStore;
  readonly catalog: CatalogStore;
  readonly activity: ActivityStore;
  readonly accounts: AccountStore;
  readonly models: ModelStore;
  readonly modelFiles: ModelFiles;
}

/** Stores that are empty, and how to get rid of them. */
type OpenEmpty = () => Promise<Stores & { with(digest: typeof textDigest): CatalogStore; remove(): Promise<void> }>;

const embedded: OpenEmpty = async () => {
  const database = new TemporaryDatabase();
  const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-models-"));
  const { db } = await database.open();
  return {
    tables: createEmbeddedTableStore({ db }),
    catalog: createEmbeddedCatalogStore({ db, textDigest }),
    activity: createEmbeddedActivityStore({ db }),
    accounts: createEmbeddedAccountStore({ db }),
    models: createEmbeddedModelStore({ db }),
    modelFiles: createDiskModelFiles(folder),
    with: (digest) => createEmbeddedCatalogStore({ db, textDigest: digest }),
    remove: async () => {
      await rm(folder, { recursive: true });
      await database.close();
      await database.remove();
    },
  };
};

const onServers =
  (databaseUrl: string, mongodbUrl: string): OpenEmpty =>
  async () => {
    const postgres = new TemporaryPostgres(databaseUrl);
    const mongo = new TemporaryMongo(mongodbUrl);
    const { db } = await postgres.open();
    const opened = await mongo.open();
    const folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-models-"));
    return {
      tables: createPostgresTableStore({ db }),
      catalog: createMongoCatalogStore({ mongo: opened, textDigest }),
      activity: createPostgresActivityStore({ db }),
      accounts: createPostgresAccountStore({ db }),
      models: createPostgresModelStore({ db }),
      modelFiles: createDiskModelFiles(folder),
      with: (digest) => createMongoCatalogStore({ mongo: opened, textDigest: digest }),
      remove: async () => {
        await rm(folder, { recursive: true });
        await Promise.all([postgres.close(), mongo.close()]);
        await Promise.all([postgres.remove(), mongo.remove()]);
      },
    };
  };

const event = (id: string, userId = "u") =>
  create(EventSchema, { id, userId, movieId: "m-1", type: EventType.LIKED, eventTime: timestampFromMs(NOW) });

/** Something of everything, in two tenants. */
async function fill({ catalog, activity, accounts, models, modelFiles }: Stores): Promise<void> {
  await fillModels(models, modelFiles);
  for (const tenant of ["default", "other"]) {
    const movies = Array.from({ length: 300 }, (_, index) =>
      sampleMovie(`m-${index}`, {
        credits: actors(`Person ${index % 7}`),
        externalIds: [{ source: "imdb", value: `tt${index}` }],
        features: { b: { z: 1, a: [null, "ж"] }, a: index, 7: true },
      }),
    );
    await catalog.upsertMovies(tenant, movies);
    const vectors = movies.slice(0, 250).map(({ id, title }, index) => ({
      movieId: id,
      textDigest: title,
      vector: sampleVector(index),
    }));
    await catalog.storeVectors(tenant, MODEL, vectors);
    await activity.recordEvents(
      tenant,
      Array.from({ length: 700 }, (_, index) => event(`e-${index}`, `user ${index % 3}`)),
    );
    await accounts.createUser(tenant, { id: "user 1", email: "a@b.c", passwordHash: "hash", createdAt: NOW });
    const refreshToken = { digest: Buffer.from(tenant), expiresAt: NOW + 9, tokenId: "t", tokenExpiresAt: NOW + 5 };
    await accounts.startSession(tenant, { id: "s", userId: "user 1", createdAt: NOW, refreshToken });
    await accounts.revoke(tenant, { kind: "subject", name: "x", epoch: NOW, expiresAt: NOW + 5 });
    await activity.eraseEvents(tenant, "user 2", NOW + 1);
  }
}

/** Digests of everything that stores hold. */
async function hashesOf({ tables, catalog }: Stores): Promise<Record<string, string>> {
  const hashes = new Map<string, RowHash>();
  let name = "";
  for await (const step of tables.dump()) {
    if (step.kind === "table") {
      name = step.name;
      hashes.set(name, new RowHash());
    }
    if (step.kind === "rows") for (const row of step.rows) hashes.get(name)?.add(row);
  }
  const movies = new RowHash();
  for await (const { text, movie } of catalogRows(catalog, MODEL)) if (movie) movies.add(text);
  return { ...Object.fromEntries([...hashes].map(([table, hash]) => [table, String(hash)])), movies: String(movies) };
}

function describeBackups(name: string, openSource: OpenEmpty, openTarget: OpenEmpty): void {
  describe(name, () => {
    let folder = "";
    let path = "";
    let source: Awaited<ReturnType<OpenEmpty>>;
    let target: Awaited<ReturnType<OpenEmpty>>;
    const backUp = (to: string) => pipeline(writeBackup({ ...source, modelVersion: MODEL }), createWriteStream(to));
    const restore = (options: { path?: string; replace?: boolean } = {}) =>
      restoreBackup({ ...target, textDigest, path, replace: false, ...options });

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "cinedeepmatch-backup-"));
      path = join(folder, "backup.gz");
      [source, target] = await Promise.all([openSource(), openTarget()]);
      await fill(source);
      await backUp(path);
    }, 180_000);
    afterAll(async () => {
      await Promise.all([source.remove(), target.remove(), rm(folder, { recursive: true })]);
    });

    test("a damaged backup is refused before anything is changed", async () => {
      const text = gunzipSync(await readFile(path)).toString();
      const damages: [string, string | Buffer, string][] = [
        ["cut off", text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1), "cut off"],
        ["cut off within a line", text.slice(0, -30), "cannot be read"],
        ["changed", text.replace('"user 1"', '"user 9"'), "are not what was written"],
        ["with a row less", text.replace(/\n\{[^\n]*/, ""), "are missing"],
        ["with another model", withOtherWeights(text), "the model file"],
        ["of a later release", text.replace('"version":1', '"version":2'), "later release"],
        ["nothing of the kind", '{"a":1}\n', "is no backup"],
        ["cut off as a file", (await readFile(path)).subarray(0, 5_000), "cannot be read"],
      ];
      for (const [what, content, message] of damages) {
        const damaged = join(folder, "damaged");
        await writeFile(damaged, typeof content === "string" ? gzipSync(content) : content);
        await expect(restore({ path: damaged }), what).rejects.toThrow(message);
      }
      expect(await target.tables.isEmpty()).toBe(true);
      expect(await target.catalog.tenants()).toEqual([]);
    });

    test("what is restored is what was backed up, row by row", async () => {
      const restored = await restore();
      expect(restored.movieCount).toBe(600);
      expect(restored.tableRows.get("events")).toBe(934);
      const hashes = await hashesOf(source);
      expect(Object.keys(hashes).length).toBeGreaterThan(5);
      expect(await hashesOf(target)).toEqual(hashes);
    });

    test("the files of its models are there too, and of no others", async () => {
      for (const [tenant, content] of Object.entries(WEIGHTS)) {
        const { sha256 } = fileOf(content);
        expect((await target.models.deployment(tenant)).active).toEqual(MADE.model);
        expect(Buffer.from(await target.modelFiles.read(tenant, sha256)).equals(content)).toBe(true);
      }
      expect(await target.modelFiles.has("other", fileOf(WEIGHTS.default).sha256)).toBe(false);
      const stray = join(folder, "stray");
      const text = gunzipSync(await readFile(path)).toString();
      await writeFile(stray, gzipSync(text.replace(/(\["part",\{"kind":"file"[^\n]*"tenant":")other"/, '$1third"')));
      expect(await restore({ path: stray, replace: true })).toMatchObject({ fileCount: 1, missingFiles: [] });
      expect(await target.modelFiles.has("third", fileOf(WEIGHTS.other).sha256)).toBe(false);
    });

    test("the stores go on from there", async () => {
      const { sequence } = await target.activity.recordEvents("default", [event("new", "user 0")]);
      expect(sequence).toBeGreaterThan(700n);
      expect((await target.activity.recentEvents("default", "user 0", 1))[0]?.id).toBe("new");
      expect((await target.catalog.getPeople("default", ["person-1"])).get("person-1")?.creditCount).toBe(43);
      expect((await target.catalog.findByExternalId("other", "imdb", "tt7"))?.id).toBe("m-7");
      expect(await target.catalog.status("default", MODEL)).toMatchObject({ movieCount: 300, encodedCount: 250 });
    });

    test("where texts are made in another way, those movies are encoded again whose text is another", async () => {
      const withNote = (movie: Movie) => (movie.id === "m-3" ? "with a note" : textDigest(movie));
      const renewed = target.with(withNote);
      await restoreBackup({ ...target, catalog: renewed, textDigest: withNote, path, replace: true });
      expect(await renewed.status("default", MODEL)).toMatchObject({ movieCount: 300, encodedCount: 250 });
      await renewed.renewTexts("default", "other notes", "", 1_000);
      expect(await renewed.status("default", MODEL)).toMatchObject({ encodedCount: 249 });
      const waiting = (await renewed.moviesToEncode("default", MODEL, "", 100)).map(({ movie }) => movie.id);
      expect(waiting).toContain("m-3");
      expect(waiting).toHaveLength(51);
    });

    test("stores that hold something are refused, unless all of it is to be replaced", async () => {
      await expect(restore()).rejects.toThrow("There is data already");
      await target.catalog.deleteMovies("default", ["m-1"]);
      await target.catalog.upsertMovies("third", [sampleMovie("m-1", { externalIds: [{ source: "x", value: "y" }] })]);
      await target.catalog.upsertMovies("other", [sampleMovie("m-2", { title: "Another" })]);
      await restore({ replace: true });
      expect(await hashesOf(target)).toEqual(await hashesOf(source));
    });

    test("whoever was erased after the backup stays so where the store remembers it", async () => {
      await target.activity.eraseEvents("default", "user 1", Date.now() + 60_000);
      const revocation = { kind: "user", name: "user 1", epoch: NOW, expiresAt: NOW + 9 } as const;
      await target.accounts.eraseUser("default", "user 1", revocation);
      await restore({ replace: true });
      expect(await target.activity.recentEvents("default", "user 1", 10)).toEqual([]);
      expect(await target.accounts.findUser("default", "a@b.c")).toBeUndefined();
      expect((await target.accounts.exportUser("default", "user 1")).sessions).toEqual([]);
      expect(await target.activity.recentEvents("other", "user 1", 10)).toHaveLength(10);
      expect(await target.accounts.findUser("other", "a@b.c")).toBeDefined();
      expect(await target.activity.recordEvents("default", [event("late", "user 1")])).toMatchObject({
        recordedCount: 0,
      });
    });

    test("a backup that is made while everything is written to holds one state of it", async () => {
      const during = join(folder, "during.gz");
      const stop = new AbortController();
      const write = async () => {
        for (let round = 0; !stop.signal.aborted; round++) {
          // Both or neither: a state in which only one is there never was.
          const movies = [sampleMovie("pair-a", { title: `${round}` }), sampleMovie("pair-b", { title: `${round}` })];
          await source.catalog.upsertMovies("default", movies);
          await source.activity.recordEvents("default", [event(`one-${round}`), event(`two-${round}`)]);
        }
      };
      const begun = new Promise<void>((resolve) => source.catalog.onWrite(resolve));
      const writing = write();
      await begun;
      await backUp(during);
      stop.abort();
      await writing;
      await restore({ path: during, replace: true });
      const pair = await target.catalog.getMovies("default", ["pair-a", "pair-b"]);
      expect(pair.get("pair-a")?.title).toBe(pair.get("pair-b")?.title);
      const ids = (await target.activity.recentEvents("default", "u", 10_000)).map(({ id }) => id);
      const rounds = (kind: string) =>
        ids
          .filter((id) => id.startsWith(kind))
          .map((id) => id.slice(4))
          .sort();
      expect(rounds("one-")).toEqual(rounds("two-"));
    });

    test("a model whose file is gone does not keep the rest from being backed up, and is told of", async () => {
      const without = join(folder, "without");
      const gone = fileOf(Buffer.from("gone"));
      await source.models.register("default", { ...sampleModel(gone), version: "2" }, { ...MADE, action: "register" });
      await backUp(without);
      expect(await describeBackup(without)).toMatch(/2 in model files.*; 1 files of .* not to be found/);
      const { fileCount, missingFiles } = await restore({ path: without, replace: true });
      expect({ fileCount, missingFiles }).toEqual({ fileCount: 2, missingFiles: [{ tenant: "default", ...gone }] });
    });
  });
}

describeBackups("a backup of the embedded database, restored into another", embedded, embedded);

needsServer("TEST_DATABASE_URL", (databaseUrl) =>
  needsServer("TEST_MONGODB_URL", (mongodbUrl) => {
    const servers = onServers(databaseUrl, mongodbUrl);
    describeBackups("a backup of PostgreSQL and MongoDB, restored into others", servers, servers);
    describeBackups("a backup of the embedded database, restored into PostgreSQL and MongoDB", embedded, servers);
  }),
);
