import { afterAll } from "vitest";
import { testActivityStore } from "../activity-store.suite.js";
import { TemporaryDatabase } from "../testing/temporary-database.js";
import { createEmbeddedActivityStore } from "./embedded-activity-store.js";

const database = new TemporaryDatabase();

testActivityStore("the embedded activity store", {
  async open() {
    const { db } = await database.open();
    return createEmbeddedActivityStore({ db });
  },
  close: () => database.close(),
});

afterAll(() => database.remove());
