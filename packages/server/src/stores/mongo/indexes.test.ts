import { create } from "@bufbuild/protobuf";
import { ImportMode, MovieFilterSchema, MovieOrder } from "@cinedeepmatch/contract";
import type { CommandStartedEvent, Db, Document } from "mongodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { actors, sampleMovie, sampleVector } from "../testing/sample-movies.js";
import { TemporaryMongo } from "../testing/temporary-mongo.js";
import { INDEXES } from "./catalog-schema.js";
import { type IndexKey, isCovered, queriesOf } from "./covered-query.test.support.js";
import { createMongoCatalogStore } from "./mongo-catalog-store.js";
import { readServerTraits } from "./server-traits.js";

const T = "tenant";
const MODEL = "minilm@1";

const filters = [
  undefined,
  { genres: { any: ["drama", "crime"], none: ["war"] } },
  { genres: { all: ["drama"] }, releaseYear: { min: 1990, max: 2000 }, rating: { min: 2 } },
  { ids: ["m-1", "m-2"], minRatingCount: 1n },
].map((filter) => filter && create(MovieFilterSchema, filter));
const orders = Object.values(MovieOrder).filter((order): order is MovieOrder => typeof order === "number");

/** Pages through a list as far as its second page. */
async function twoPages(list: (cursor: string | undefined) => Promise<{ nextCursor: string | undefined }>) {
  const { nextCursor } = await list(undefined);
  if (nextCursor !== undefined) await list(nextCursor);
}

/** Everything that a store can be asked, in every way that makes another query. A new method does not compile without. */
const uses: Record<keyof CatalogStore, (store: CatalogStore) => unknown> = {
  createMovie: (store) => store.createMovie(T, sampleMovie("created", { credits: actors("Ada Example") })),
  upsertMovies: (store) => {
    const movies = Array.from({ length: 20 }, (_, index) =>
      sampleMovie(`m-${index}`, {
        releaseYear: 1990 + (index % 9),
        genres: ["drama"],
        rating: { average: 3, count: 5n },
        externalIds: [{ source: "imdb", value: `tt${index}` }],
        // Together more than a commit holds itself.
        synopsis: "A story. ".repeat(400),
        credits: actors("Ada Example", `Person ${index % 5}`),
      }),
    );
    return store.upsertMovies(T, movies);
  },
  updateMovie: (store) => store.updateMovie(T, "m-3", () => sampleMovie("m-3", { title: "Another" })),
  // Often enough that former commits are removed.
  deleteMovie: async (store) => {
    for (let index = 4; index < 14; index++) await store.deleteMovie(T, `m-${index}`, "");
  },
  deleteMovies: (store) => store.deleteMovies(T, ["m-14", "none"]),
  restoreMovies: (store) => store.restoreMovies(T, [sampleMovie("m-15")], new Map([["m-15", "digest"]])),
  importBatch: (store) => {
    const rows = [{ row: 1, movie: sampleMovie("imported", { externalIds: [{ source: "imdb", value: "tt9000" }] }) }];
    return store.importBatch(T, { importId: "i", mode: ImportMode.MERGE, lastRow: 1, rows, rejectedCount: 0 });
  },
  getImport: (store) => store.getImport(T, "i"),
  getMovies: (store) => store.getMovies(T, ["m-1", "none"]),
  missingIds: (store) => store.missingIds(T, ["m-1", "none"]),
  findByExternalId: (store) => store.findByExternalId(T, "imdb", "tt1"),
  listMovies: async (store) => {
    for (const order of orders) {
      await store.listMovies(T, { filter: undefined, titleQuery: "", order, limit: 1, cursor: undefined });
      for (const filter of filters) {
        // Words of titles are conditions of the same kind as a filter's names.
        const titleQuery = filter === undefined ? "the m" : "";
        await twoPages((cursor) => store.listMovies(T, { filter, titleQuery, order, limit: 1, cursor }));
      }
    }
  },
  getPeople: (store) => store.getPeople(T, ["ada-example"]),
  listPeople: async (store) => {
    for (const nameQuery of ["", "per"]) {
      await twoPages((cursor) => store.listPeople(T, { nameQuery, limit: 2, cursor }));
    }
  },
  listPersonCredits: (store) => twoPages((cursor) => store.listPersonCredits(T, "ada-example", { limit: 2, cursor })),
  storeVectors: (store) =>
    store.storeVectors(T, MODEL, [{ movieId: "m-1", textDigest: "The m-1", vector: sampleVector(1) }]),
  moviesToEncode: (store) => store.moviesToEncode(T, MODEL, "m-1", 5),
  textsVersion: (store) => store.textsVersion(T),
  renewTexts: (store) => store.renewTexts(T, "notes 1", "m-1", 5),
  changesAfter: (store) => store.changesAfter(T, 3n, MODEL, 5),
  position: (store) => store.position(T),
  status: (store) => store.status(T, MODEL),
  tenants: (store) => store.tenants(),
  onWrite: (store) => store.onWrite(() => {}),
};

/** The commands that look for documents, as a server explains them: one statement each, without what is of the session. */
function explainable(command: CommandStartedEvent["command"]): Document[] {
  if (queriesOf(command).length === 0) return [];
  const { lsid, txnNumber, writeConcern, $db, $clusterTime, $readPreference, ...bare } = command;
  const [field] = ["updates", "deletes"].filter((name) => name in bare);
  if (field === undefined) return [bare];
  return (bare[field] as Document[]).map((statement) => ({ ...bare, [field]: [statement] }));
}

describe("what is taken for covered by an index", () => {
  const index: IndexKey[] = [
    [
      ["tenant", 1],
      ["year", -1],
      ["id", 1],
    ],
  ];
  const covered = (filter: object, sort: object) => isCovered({ collection: "c", filter, sort }, index);

  test("conditions on its first fields, and orders that go on from there", () => {
    expect(covered({ tenant: "t" }, {})).toBe(true);
    expect(covered({ tenant: "t" }, { year: -1, id: 1 })).toBe(true);
    expect(covered({ tenant: "t" }, { year: 1, id: -1 })).toBe(true);
    expect(covered({ $and: [{ tenant: { $in: ["t"] } }, { year: 1990 }] }, { id: 1 })).toBe(true);
    expect(covered({ _id: { $gt: "a" } }, { _id: -1 })).toBe(true);
  });

  test("nothing else", () => {
    expect(covered({}, {})).toBe(false);
    expect(covered({ year: 1990 }, {})).toBe(false);
    expect(covered({ tenant: { $ne: "t" } }, {})).toBe(false);
    expect(covered({ tenant: { $regex: "t" } }, {})).toBe(false);
    expect(covered({ tenant: "t" }, { id: 1 })).toBe(false);
    expect(covered({ tenant: "t" }, { year: -1, id: -1 })).toBe(false);
    expect(covered({ tenant: "t" }, { year: -1, title: 1 })).toBe(false);
    expect(covered({ tenant: "t", year: { $gt: 1990 } }, { id: 1 })).toBe(false);
    expect(covered({ $or: [{ tenant: "t" }, { year: 1990 }] }, {})).toBe(false);
  });
});

needsServer("TEST_MONGODB_URL", (url) => {
  describe.each([
    ["MongoDB hears", { keyAlone: false }],
    ["FerretDB hears", { keyAlone: true }],
  ])("every query in the words that %s", (_, traits) => {
    const database = new TemporaryMongo(url, traits);
    const commands: CommandStartedEvent["command"][] = [];
    let db: Db;

    beforeAll(async () => {
      const mongo = await database.open({ monitorCommands: "true" });
      db = mongo.db;
      db.client.on("commandStarted", ({ command }) => commands.push(command));
      const store = createMongoCatalogStore({ mongo, textDigest: ({ title }) => title });
      // One after the other, as they stand above: what is read has been written.
      for (const call of Object.values(uses)) await call(store);
    }, 180_000);
    afterAll(async () => {
      await database.close();
      await database.remove();
    });

    test("has an index that leads to its documents in their order", () => {
      const queries = commands.flatMap(queriesOf);
      expect(new Set(queries.map(({ collection }) => collection))).toEqual(new Set(Object.keys(INDEXES)));
      for (const kind of ["find", "update", "delete"]) expect(commands.some((command) => kind in command)).toBe(true);
      const keys = (collection: string) =>
        (INDEXES[collection] ?? []).map(({ key }) => Object.entries(key) as [string, number][]);
      // Were the orders not read, any index would do.
      expect(queries.filter(({ sort }) => Object.keys(sort).length > 0).length).toBeGreaterThan(orders.length);
      const bare = queries.filter((query) => !isCovered(query, keys(query.collection)));
      expect(bare).toEqual([]);
      // An order's index would do for these too, and lead through all that the tenant has.
      for (const [collection, field] of Object.entries({ movies: "terms", people: "words" })) {
        expect(queries.some((query) => JSON.stringify(query.filter).includes(`"${field}":`))).toBe(true);
        expect(keys(collection).map(([, second]) => second?.[0])).toContain(field);
      }
    });

    test("is explained without a scan of a collection where the server explains", async () => {
      // FerretDB reads whole collections, whatever indexes there are, and says nothing of plans.
      if ((await readServerTraits(db)).keyAlone) return;
      for (const explained of commands.flatMap(explainable)) {
        const plan = await db.command({ explain: explained, verbosity: "queryPlanner" });
        expect(JSON.stringify(plan), JSON.stringify(explained)).not.toContain('"COLLSCAN"');
      }
    });
  });
});
