import { Counter, type Registry } from "prom-client";
import type { ReplyCacheMeasurements, ReplyCacheOutcome } from "../matching/measurements.js";

const OUTCOMES: readonly ReplyCacheOutcome[] = ["hit", "miss", "stale"];

/** Counts in a registry how often an answer is used again. */
export function createCacheMetrics(registry: Registry): ReplyCacheMeasurements {
  const lookups = new Counter({
    name: "cinedeepmatch_reply_cache_total",
    help: "Matches that were looked for among the answers that are kept, by what was found.",
    labelNames: ["outcome"] as const,
    registers: [registry],
  });
  // The rate of what is not there is unknown, not 0.
  for (const outcome of OUTCOMES) lookups.inc({ outcome }, 0);
  return { looked: (outcome) => lookups.inc({ outcome }) };
}
