import { afterAll } from "vitest";
import { testCatalogStore } from "../catalog-store.suite.js";
import { TemporaryDatabase } from "../testing/temporary-database.js";
import { createEmbeddedCatalogStore } from "./embedded-catalog-store.js";

const database = new TemporaryDatabase();

testCatalogStore("the embedded catalogue", {
  async open(textDigest) {
    const { db } = await database.open();
    return createEmbeddedCatalogStore({ db, textDigest });
  },
  close: () => database.close(),
});

afterAll(() => database.remove());
