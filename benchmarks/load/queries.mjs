import { readFileSync } from "node:fs";
import { seededRandom } from "../../packages/server/src/learning/random.ts";

const CATALOG = new URL("../../packages/server/assets/starter-catalog.ndjson", import.meta.url);

/**
 * An endless row of queries as people type them, no two alike: a few words in a row out of the synopsis of a film. The
 * same row for the same seed.
 */
export function* queries(seed = 1) {
  const synopses = readFileSync(CATALOG, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line).synopsis ?? "")
    .filter((synopsis) => synopsis.split(" ").length > 12);
  const random = seededRandom(seed);
  for (;;) {
    const words = synopses[Math.floor(random() * synopses.length)].split(" ");
    const length = 5 + Math.floor(random() * 6);
    const start = Math.floor(random() * (words.length - length));
    yield words.slice(start, start + length).join(" ");
  }
}
