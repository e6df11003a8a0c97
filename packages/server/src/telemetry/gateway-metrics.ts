import { Counter, type Registry } from "prom-client";
import type { Lane } from "../matching/match-queue.js";

const LANES: readonly Lane[] = ["interactive", "standard", "bulk"];

/** Counts the matches that a gateway refuses in a registry. */
export function createGatewayMetrics(registry: Registry): (lane: Lane) => void {
  const refused = new Counter({
    name: "cinedeepmatch_gateway_refused_total",
    help: "Matches that the gateway refused with QUEUE_FULL because more came than were answered.",
    labelNames: ["lane"] as const,
    registers: [registry],
  });
  for (const lane of LANES) refused.inc({ lane }, 0);
  return (lane) => refused.inc({ lane });
}
