import { parseArgs } from "node:util";
import { startServer } from "./start-server.mjs";

/**
 * The server that is measured, in a process of its own: with the starter catalogue, or with the data directory of
 * --data-dir; on the embedded queue, or on REDIS_URL.
 */
export async function startTarget(more = {}) {
  const { values } = parseArgs({
    options: { "data-dir": { type: "string" }, seconds: { type: "string" }, ...more },
  });
  const dataDirectory = values["data-dir"];
  const off = ["ADDRESS", "SERVICE", "GATEWAY"].map((name) => [`RATE_LIMIT_${name}`, "off"]);
  const server = await startServer({
    ...(dataDirectory === undefined ? { starterCatalog: true } : { dataDirectory }),
    env: { ...Object.fromEntries(off), REDIS_URL: process.env.REDIS_URL ?? "", LOG_LEVEL: "warn", RESULT_CACHE: "off" },
  });
  return { server, values, seconds: Number(values.seconds ?? 10) };
}

/** Bodies for a lane or, in turn, for several: one for each mention. */
export function* bodies(texts, ...lanes) {
  for (let index = 0; ; index++) {
    yield { text: texts.next().value, pageSize: 10, lane: `MATCH_LANE_${lanes[index % lanes.length]}` };
  }
}
