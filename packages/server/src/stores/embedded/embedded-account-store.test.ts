import { afterAll } from "vitest";
import { testAccountStore } from "../account-store.suite.js";
import { TemporaryDatabase } from "../testing/temporary-database.js";
import { createEmbeddedAccountStore } from "./embedded-account-store.js";

const database = new TemporaryDatabase();

testAccountStore("the embedded account store", {
  async open() {
    const { db } = await database.open();
    return createEmbeddedAccountStore({ db });
  },
  close: () => database.close(),
});

afterAll(() => database.remove());
