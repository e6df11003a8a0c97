import { availableParallelism } from "node:os";
import { importKeyRing, issueToken, type KeyRing } from "@cinedeepmatch/auth";
import type { Logger } from "pino";
import type { Registry } from "prom-client";
import { WORKER_TOKEN_SCOPES } from "../grpc/scopes.js";
import type { MovieTexts } from "../matching/movie-texts.js";
import type { Tracing } from "../matching/tracing.js";
import { startInference } from "../onnx/inference.js";
import { measureBatches } from "../queue/measure-batches.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { createRedisBackend } from "../queue/redis-backend.js";
import { addReplicaMetrics, createWorkerMetrics } from "../telemetry/worker-metrics.js";
import { measureInference } from "../worker/measure-inference.js";
import { type ModelWorker, startModelWorker } from "../worker/model-worker.js";
import type { Config } from "./config.js";
import { loadShippedModels } from "./model-files.js";
import { Teardown } from "./teardown.js";

/** Where a worker finds its server, its queue and its right to work. */
export interface WorkerConnections {
  readonly grpcUrl: string;
  readonly backend: QueueBackend;
  readonly ring: KeyRing<"model">;
  readonly token: () => string | Promise<string>;
  readonly tracing?: Tracing | undefined;
  /** The same as the server's, which has the movies encoded so. */
  readonly texts: MovieTexts;
}

/** Starts a model worker, whose metrics go into `registry`; resolves once it takes matches. */
export async function startWorkerRole(
  connections: WorkerConnections,
  registry: Registry,
  log: Logger,
): Promise<ModelWorker> {
  const teardown = new Teardown();
  try {
    const model = (await loadShippedModels()).encoder;
    // Hyper-threads help the encoder little, and the rest of the process needs room as well.
    const encoderThreads = Math.max(1, Math.min(4, availableParallelism()));
    const metrics = createWorkerMetrics(registry);
    const inference = measureInference(teardown.add(await startInference({ encoderThreads })), metrics);
    const backend = measureBatches(connections.backend, metrics);
    const worker = teardown.add(await startModelWorker({ ...connections, backend, inference, model, log }));
    addReplicaMetrics(registry, () => worker.status());
    return { status: () => worker.status(), close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}

/** The connections of a worker that runs in a process of its own. */
export function remoteConnections(
  config: Config,
  log: Logger,
): { connections: Omit<WorkerConnections, "texts">; backend: QueueBackend } {
  const { redisUrl, workerToken, modelKeys, grpcUrl } = config;
  if (redisUrl === undefined || workerToken === undefined || modelKeys === undefined) {
    throw new Error("A worker that runs apart needs REDIS_URL, WORKER_TOKEN and MODEL_KEYS.");
  }
  const backend = createRedisBackend(redisUrl, log);
  const ring = importKeyRing("model", modelKeys);
  return { backend, connections: { grpcUrl, backend, ring, token: () => workerToken } };
}

const TOKEN_LIFE_MS = 3_600_000;

/** The token of a worker in the server's own process, renewed long before it expires, and when the clock was set back. */
export function localWorkerToken(ring: KeyRing<"model">): () => Promise<string> {
  let current: { token: string; issuedAt: number } | undefined;
  return async () => {
    const age = Date.now() - (current?.issuedAt ?? 0);
    if (current === undefined || age < 0 || age > TOKEN_LIFE_MS / 2) {
      const issuedAt = Date.now();
      const claims = { subject: "worker", scopes: WORKER_TOKEN_SCOPES, expiresAt: issuedAt + TOKEN_LIFE_MS };
      current = { token: (await issueToken(ring, claims)).token, issuedAt };
    }
    return current.token;
  };
}
