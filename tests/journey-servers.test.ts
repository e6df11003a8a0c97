import { afterAll, beforeAll, describe, test } from "vitest";
import { TemporaryMongo } from "../packages/server/src/stores/testing/temporary-mongo.js";
import { TemporaryPostgres } from "../packages/server/src/stores/testing/temporary-postgres.js";
import { describeJourney } from "./journey.suite.js";
import { startDeployment } from "./spawn-deployment.js";

const { TEST_DATABASE_URL, TEST_MONGODB_URL, TEST_REDIS_URL, CI } = process.env;

if (TEST_DATABASE_URL && TEST_MONGODB_URL && TEST_REDIS_URL) {
  const postgres = new TemporaryPostgres(TEST_DATABASE_URL);
  const mongo = new TemporaryMongo(TEST_MONGODB_URL);
  // Of Redis's numbered databases one that no other test uses: who shares a queue shares its work.
  const redis = new URL("/5", TEST_REDIS_URL);

  describe("with each role in processes of its own", () => {
    beforeAll(() => postgres.make());
    afterAll(() => Promise.all([postgres.remove(), mongo.remove()]));
    const stores = { DATABASE_URL: postgres.url, MONGODB_URL: mongo.url, REDIS_URL: redis.href };
    const start = async () => {
      const deployment = await startDeployment({ stores, starterCatalog: true });
      const [gatewayUrl = ""] = deployment.gatewayUrls;
      return { ...deployment, gatewayUrl };
    };
    // FerretDB, which stands in for MongoDB in CI, reads all movies for every change.
    describeJourney("PostgreSQL, MongoDB and Redis: 2 gateways, a gRPC server, 2 workers", start, 10_000);
  });
} else {
  test.skipIf(!CI)("the journey on three servers needs TEST_DATABASE_URL, TEST_MONGODB_URL and TEST_REDIS_URL", () => {
    throw new Error("TEST_DATABASE_URL, TEST_MONGODB_URL and TEST_REDIS_URL must be set where CI is");
  });
}
