import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { openDataDirectory } from "../embedded/data-directory.js";

// Opens the data directory that is the argument and holds it until it is killed. Writes "held", or the error's text.
try {
  await openDataDirectory(process.argv[2] ?? "");
  writeSync(1, "held\n");
  await sleep(60_000);
} catch (error) {
  writeSync(1, `${error}\n`);
}
