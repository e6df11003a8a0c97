import { afterAll } from "vitest";
import { testAccountStore } from "../account-store.suite.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { createPostgresAccountStore } from "./postgres-account-store.js";

needsServer("TEST_DATABASE_URL", (url) => {
  const database = new TemporaryPostgres(url);

  testAccountStore("the PostgreSQL account store", {
    async open() {
      const { db } = await database.open();
      return createPostgresAccountStore({ db });
    },
    close: () => database.close(),
  });

  afterAll(() => database.remove());
});
