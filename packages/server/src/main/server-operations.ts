import type { Readable } from "node:stream";
import type { FastifyBaseLogger } from "fastify";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import type { Verifiers } from "../grpc/request-gate.js";
import type {
  CallMeasurements,
  ModelMeasurements,
  QueueMeasurements,
  ReplyCacheMeasurements,
} from "../matching/measurements.js";
import { LaneView } from "../queue/lane-view.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { createCacheMetrics } from "../telemetry/cache-metrics.js";
import { createCallMetrics } from "../telemetry/call-metrics.js";
import { createModelMetrics } from "../telemetry/model-metrics.js";
import { type ActiveModel, openRegistry } from "../telemetry/open-registry.js";
import { type OperationsServer, startOperationsServer } from "../telemetry/operations-server.js";
import { createQueueMetrics } from "../telemetry/queue-metrics.js";
import { addServerMetrics } from "../telemetry/server-metrics.js";
import type { Config } from "./config.js";
import { Teardown } from "./teardown.js";

/** Where a gRPC server's parts say how they fare, and the registry that keeps it. */
export interface ServerTelemetry {
  readonly registry: Registry;
  readonly calls: CallMeasurements;
  readonly queue: QueueMeasurements;
  readonly models: ModelMeasurements;
  readonly replyCache: ReplyCacheMeasurements;
}

/** Opens the registry of a gRPC server's process. */
export function openServerTelemetry(model: ActiveModel): ServerTelemetry {
  const registry = openRegistry(model);
  return {
    registry,
    calls: createCallMetrics(registry),
    queue: createQueueMetrics(registry),
    models: createModelMetrics(registry),
    replyCache: createCacheMetrics(registry),
  };
}

/** Serves the operators of a gRPC server: metrics, health and the queue's dashboard. */
export async function startServerOperations(
  parts: {
    registry: Registry;
    backend: QueueBackend;
    verifiers: Verifiers;
    readyWorkers: () => number;
    isReady: () => boolean;
    backup: () => Readable;
  },
  config: Config,
  log: Logger,
): Promise<OperationsServer> {
  const { registry, backend, verifiers, readyWorkers, isReady, backup } = parts;
  const teardown = new Teardown();
  try {
    const lanes = teardown.add(new LaneView(backend));
    addServerMetrics(registry, { readyWorkers, laneLoads: () => lanes.loads() });
    const { url } = teardown.add(
      await startOperationsServer({
        host: config.host,
        port: config.opsPort,
        trustedProxies: config.trustedProxies,
        registry,
        isReady,
        admin: { verifier: verifiers.client, queues: lanes.queues, backup, log },
        log: log as FastifyBaseLogger,
      }),
    );
    return { url, close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}
