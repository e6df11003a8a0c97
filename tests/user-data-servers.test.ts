import { afterAll, beforeAll, describe } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { TemporaryMongo } from "../packages/server/src/stores/testing/temporary-mongo.js";
import { TemporaryPostgres } from "../packages/server/src/stores/testing/temporary-postgres.js";
import { describeUserData } from "./user-data.suite.js";

needsServer("TEST_DATABASE_URL", (databaseUrl) =>
  needsServer("TEST_MONGODB_URL", (mongodbUrl) =>
    needsServer("TEST_REDIS_URL", (redisUrl) => {
      const postgres = new TemporaryPostgres(databaseUrl);
      const mongo = new TemporaryMongo(mongodbUrl);
      // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
      const redis = new URL("/7", redisUrl).href;

      describe("on three servers", () => {
        beforeAll(() => postgres.make());
        afterAll(() => Promise.all([postgres.remove(), mongo.remove()]));
        const env = { DATABASE_URL: postgres.url, MONGODB_URL: mongo.url, REDIS_URL: redis };
        describeUserData("PostgreSQL, MongoDB and Redis", { env });
      });
    }),
  ),
);
