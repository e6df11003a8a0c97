import { afterAll, beforeAll, describe } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { TemporaryMongo } from "../packages/server/src/stores/testing/temporary-mongo.js";
import { TemporaryPostgres } from "../packages/server/src/stores/testing/temporary-postgres.js";
import { describeBackup } from "./backup.suite.js";

needsServer("TEST_DATABASE_URL", (databaseUrl) =>
  needsServer("TEST_MONGODB_URL", (mongodbUrl) =>
    needsServer("TEST_REDIS_URL", (redisUrl) => {
      const databases = [0, 1].map(() => new TemporaryPostgres(databaseUrl));
      const catalogs = [0, 1].map(() => new TemporaryMongo(mongodbUrl));
      // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
      const redis = new URL("/8", redisUrl).href;
      const [from = {}, to = {}] = databases.map(({ url }, at) => ({
        DATABASE_URL: url,
        MONGODB_URL: catalogs[at]?.url ?? "",
        REDIS_URL: redis,
      }));

      describe("on three servers", () => {
        beforeAll(() => Promise.all(databases.map((each) => each.make())));
        afterAll(() => Promise.all([...databases, ...catalogs].map((each) => each.remove())));
        describeBackup("PostgreSQL, MongoDB and Redis", { from, to });
      });
    }),
  ),
);
