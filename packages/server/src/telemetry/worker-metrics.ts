import { Gauge, Histogram, type Registry } from "prom-client";
import type { WorkerMeasurements } from "../matching/measurements.js";
import { LATENCY_BUCKETS, SIZE_BUCKETS } from "./buckets.js";

/** Counts what a model worker does in a registry. */
export function createWorkerMetrics(registry: Registry): WorkerMeasurements {
  const registers = [registry];
  const histogram = <Label extends string>(name: string, help: string, label: Label, buckets: number[]) =>
    new Histogram({ name, help, labelNames: [label] as const, buckets, registers });
  const batchSize = histogram(
    "cinedeepmatch_worker_batch_requests",
    "How many requests travelled together as one batch.",
    "lane",
    SIZE_BUCKETS,
  );
  const batchDuration = histogram(
    "cinedeepmatch_worker_batch_seconds",
    "How long a worker was at a batch.",
    "lane",
    LATENCY_BUCKETS,
  );
  const runSize = histogram(
    "cinedeepmatch_inference_size",
    "How many texts were encoded, or queries searched with, in one use of the model.",
    "operation",
    SIZE_BUCKETS,
  );
  const runDuration = histogram(
    "cinedeepmatch_inference_seconds",
    "How long one use of the model took, the wait for its thread included.",
    "operation",
    LATENCY_BUCKETS,
  );
  return {
    batchEnded({ lane, requests, seconds }) {
      batchSize.observe({ lane }, requests);
      batchDuration.observe({ lane }, seconds);
    },
    inferenceEnded({ operation, size, seconds }) {
      runSize.observe({ operation }, size);
      runDuration.observe({ operation }, seconds);
    },
  };
}

/** What a worker's replicas of the catalogue are like. */
export interface ReplicaStatus {
  readonly tenants: number;
  readonly movies: number;
  readonly revision: bigint;
}

/** Shows a worker's replicas of the catalogue in a registry. */
export function addReplicaMetrics(registry: Registry, status: () => ReplicaStatus): void {
  const gauge = (name: string, help: string, read: (status: ReplicaStatus) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read(status()));
      },
    });
  gauge("cinedeepmatch_replica_tenants", "Tenants whose catalogue the worker holds.", ({ tenants }) => tenants);
  gauge("cinedeepmatch_replica_movies", "Movies that the worker holds, of all tenants.", ({ movies }) => movies);
  gauge(
    "cinedeepmatch_replica_revision",
    "How far the worker has followed the catalogue of its own tenant.",
    ({ revision }) => Number(revision),
  );
}
