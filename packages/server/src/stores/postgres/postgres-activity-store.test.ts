import { afterAll } from "vitest";
import { testActivityStore } from "../activity-store.suite.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { createPostgresActivityStore } from "./postgres-activity-store.js";

needsServer("TEST_DATABASE_URL", (url) => {
  const database = new TemporaryPostgres(url);

  testActivityStore("the PostgreSQL activity store", {
    async open() {
      const { db } = await database.open();
      return createPostgresActivityStore({ db });
    },
    close: () => database.close(),
  });

  afterAll(() => database.remove());
});
