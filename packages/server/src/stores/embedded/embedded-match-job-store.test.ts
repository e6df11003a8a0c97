import { afterAll } from "vitest";
import { testMatchJobStore } from "../match-job-store.suite.js";
import { TemporaryDatabase } from "../testing/temporary-database.js";
import { createEmbeddedMatchJobStore } from "./embedded-match-job-store.js";

const database = new TemporaryDatabase();

testMatchJobStore("the embedded match job store", {
  async open() {
    const { db } = await database.open();
    return createEmbeddedMatchJobStore({ db });
  },
  close: () => database.close(),
});

afterAll(() => database.remove());
