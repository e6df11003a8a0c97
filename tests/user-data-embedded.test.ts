import { describeUserData } from "./user-data.suite.js";

describeUserData("the embedded default", {});
