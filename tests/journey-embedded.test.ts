import { describeJourney } from "./journey.suite.js";

describeJourney("the embedded default", {});
