import { afterAll } from "vitest";
import { testLeases } from "../leases.suite.js";
import { createSqlLeases } from "../sql/sql-leases.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";

needsServer("TEST_DATABASE_URL", (url) => {
  const database = new TemporaryPostgres(url);

  testLeases("leases in PostgreSQL", {
    open: async () => createSqlLeases((await database.open()).db),
    close: () => database.close(),
  });

  afterAll(() => database.remove());
});
