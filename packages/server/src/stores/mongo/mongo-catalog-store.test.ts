import { afterAll, beforeAll, describe } from "vitest";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { testImports } from "../catalog-import.suite.js";
import { testPeople } from "../catalog-people.suite.js";
import { testCatalogStore } from "../catalog-store.suite.js";
import { testWrites } from "../catalog-write.suite.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryMongo } from "../testing/temporary-mongo.js";
import { createMongoCatalogStore } from "./mongo-catalog-store.js";

needsServer("TEST_MONGODB_URL", (url) => {
  const database = new TemporaryMongo(url);

  testCatalogStore("the MongoDB catalogue", {
    open: async (textDigest) => createMongoCatalogStore({ mongo: await database.open(), textDigest }),
    close: () => database.close(),
  });

  afterAll(() => database.remove());

  // FerretDB is asked for writes in other words than MongoDB, but understands those as well, if slowly.
  describe("the MongoDB catalogue in the words that MongoDB hears, on any server", () => {
    const another = new TemporaryMongo(url, { keyAlone: false });
    let store: CatalogStore;
    let tenantCount = 0;
    const open = async () => {
      store = createMongoCatalogStore({ mongo: await another.open(), textDigest: ({ title }) => title });
    };
    beforeAll(open);
    afterAll(async () => {
      await another.close();
      await another.remove();
    });
    const suite = { store: () => store, newTenant: () => `tenant-${++tenantCount}`, reopen: open };
    describe("writes", () => testWrites(suite));
    describe("imports", () => testImports(suite));
    describe("people", () => testPeople(suite));
  });
});
