import { afterAll } from "vitest";
import { testMatchJobStore } from "../match-job-store.suite.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { createPostgresMatchJobStore } from "./postgres-match-job-store.js";

needsServer("TEST_DATABASE_URL", (url) => {
  const database = new TemporaryPostgres(url);

  testMatchJobStore("the PostgreSQL match job store", {
    async open() {
      const { db } = await database.open();
      return createPostgresMatchJobStore({ db });
    },
    close: () => database.close(),
  });

  afterAll(() => database.remove());
});
