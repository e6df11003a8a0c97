import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { CallMeasurements } from "../matching/measurements.js";
import { LATENCY_BUCKETS } from "./buckets.js";

/** Counts the calls of the gRPC server in a registry. */
export function createCallMetrics(registry: Registry): CallMeasurements {
  const registers = [registry];
  const labelNames = ["service", "method", "code"] as const;
  const duration = new Histogram({
    name: "cinedeepmatch_rpc_duration_seconds",
    help: "How long calls of one message each way took, refused ones included.",
    labelNames,
    buckets: LATENCY_BUCKETS,
    registers,
  });
  // Streams last for as long as their callers like, which says nothing about the server.
  const streams = new Counter({
    name: "cinedeepmatch_rpc_streams_total",
    help: "Streams that have ended.",
    labelNames,
    registers,
  });
  const open = new Gauge({
    name: "cinedeepmatch_rpc_open",
    help: "Calls that have begun and not ended.",
    labelNames: ["kind"] as const,
    registers,
  });
  return {
    callBegan: ({ stream }) => open.inc({ kind: kindOf(stream) }),
    callEnded({ service, method, stream }, code, seconds) {
      open.dec({ kind: kindOf(stream) });
      if (stream) streams.inc({ service, method, code });
      else duration.observe({ service, method, code }, seconds);
    },
  };
}

function kindOf(stream: boolean): string {
  return stream ? "stream" : "unary";
}
