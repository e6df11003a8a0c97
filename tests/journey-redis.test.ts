import { test } from "vitest";
import { describeJourney } from "./journey.suite.js";
import { startServer } from "./spawn-server.js";

const url = process.env.TEST_REDIS_URL;

if (url !== undefined) {
  describeJourney("a Redis queue", () => startServer({ starterCatalog: true, env: { REDIS_URL: url } }));
} else {
  test.skipIf(!process.env.CI)("the journey on a Redis queue needs a Redis server: set TEST_REDIS_URL", () => {
    throw new Error("TEST_REDIS_URL must be set where CI is");
  });
}
