import { afterAll } from "vitest";
import { testModelStore } from "../model-store.suite.js";
import { TemporaryDatabase } from "../testing/temporary-database.js";
import { createEmbeddedModelStore } from "./embedded-model-store.js";

const database = new TemporaryDatabase();

testModelStore("the embedded model store", {
  async open() {
    const { db } = await database.open();
    return createEmbeddedModelStore({ db });
  },
  close: () => database.close(),
});

afterAll(() => database.remove());
