import { describeBackup } from "./backup.suite.js";

describeBackup("the embedded default", { from: {}, to: {} });
