import { describeJourney } from "./journey.suite.js";
import { startServer } from "./spawn-server.js";

describeJourney("the embedded default", () => startServer({ starterCatalog: true }));
