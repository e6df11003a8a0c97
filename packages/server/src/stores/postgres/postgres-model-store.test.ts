import { afterAll } from "vitest";
import { testModelStore } from "../model-store.suite.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { createPostgresModelStore } from "./postgres-model-store.js";

needsServer("TEST_DATABASE_URL", (url) => {
  const database = new TemporaryPostgres(url);

  testModelStore("the PostgreSQL model store", {
    async open() {
      const { db } = await database.open();
      return createPostgresModelStore({ db });
    },
    close: () => database.close(),
  });

  afterAll(() => database.remove());
});
