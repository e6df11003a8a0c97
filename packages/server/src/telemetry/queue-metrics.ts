import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Lane } from "../matching/match-queue.js";
import type { EndedRequest, QueueMeasurements } from "../matching/measurements.js";
import { LATENCY_BUCKETS } from "./buckets.js";

const LANES: readonly Lane[] = ["interactive", "standard", "bulk"];
/** Outcomes that alerts ask for. They stand at 0 from the start: the rate of what is not there is unknown, not 0. */
const WATCHED_OUTCOMES = ["ok", "queue_full", "deadline_exceeded", "cancelled", "queue_unavailable"];

/** Counts what one server puts on the queue, and what comes back, in a registry. */
export function createQueueMetrics(registry: Registry): QueueMeasurements {
  const { requests, pending, stages, encoded } = register([registry]);
  for (const lane of LANES) {
    pending.set({ lane }, 0);
    for (const outcome of WATCHED_OUTCOMES) requests.inc({ lane, kind: "match", outcome }, 0);
  }
  return {
    requestBegan: (lane) => pending.inc({ lane }),
    requestEnded(request) {
      const { lane, kind, outcome } = request;
      pending.dec({ lane });
      requests.inc({ lane, kind, outcome });
      if (request.encodedCount !== undefined) encoded.inc(request.encodedCount);
      for (const [stage, seconds] of stagesOf(request)) stages.observe({ stage, lane }, seconds);
    },
  };
}

function stagesOf({ timings, seconds }: EndedRequest): [stage: string, seconds: number][] {
  if (timings === undefined) return [];
  return [
    ["queue", timings.queueMs / 1_000],
    ["encode", timings.encodeMs / 1_000],
    ["rank", timings.rankMs / 1_000],
    ["total", seconds],
  ];
}

function register(registers: Registry[]) {
  return {
    requests: new Counter({
      name: "cinedeepmatch_queue_requests_total",
      help: "Requests that this server gave to the queue, by what came of them: ok, or the reason of the error.",
      labelNames: ["lane", "kind", "outcome"] as const,
      registers,
    }),
    pending: new Gauge({
      name: "cinedeepmatch_queue_requests_pending",
      help: "Requests of this server that wait for an answer from the queue.",
      labelNames: ["lane"] as const,
      registers,
    }),
    stages: new Histogram({
      name: "cinedeepmatch_match_stage_seconds",
      help: "Where the time of a match went: waiting in the queue, encoding its text, ranking, and in total.",
      labelNames: ["stage", "lane"] as const,
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    encoded: new Counter({
      name: "cinedeepmatch_movies_encoded_total",
      help: "Movies that got the vector of their text.",
      registers,
    }),
  };
}
