import type { Logger } from "pino";
import type { ModelPorts } from "../grpc/model-service.js";
import type { WorkerRegistry } from "../grpc/worker-registry.js";
import type { WorkerPorts } from "../grpc/worker-service.js";
import type { ContentModelFacts } from "../registry/check-model.js";
import { Deployments } from "../registry/deployments.js";
import { ModelRegistry } from "../registry/model-registry.js";
import type { loadShippedModels } from "./model-files.js";
import type { OpenStores } from "./open-stores.js";
import type { ServerTelemetry } from "./server-operations.js";
import type { Closable } from "./teardown.js";

/** Everything about models that the gRPC server serves. */
export interface OpenModels extends Closable {
  readonly deployments: Deployments;
  readonly service: ModelPorts;
  readonly worker: WorkerPorts;
}

const SWEEP_MS = 60 * 60_000;

/** What the registry of models is opened with. */
interface ModelParts {
  readonly stores: OpenStores;
  readonly shipped: Awaited<ReturnType<typeof loadShippedModels>>;
  /** The text encoder, as its vectors' version is. */
  readonly encoder: ContentModelFacts;
  readonly workers: WorkerRegistry;
  readonly telemetry: ServerTelemetry;
}

/** Opens the registry of models. */
export function openModels(parts: ModelParts, log: Logger): OpenModels {
  const { stores, shipped, encoder: contentModel, workers, telemetry } = parts;
  const { catalog, models: store, modelFiles: files } = stores;
  const deployments = new Deployments({ store, log, measure: telemetry.models.tasteEnded });
  const registry = new ModelRegistry({ store, files, deployments, contentModel });
  const sweep = setInterval(() => {
    const swept = store
      .files()
      .then((wanted) => files.sweep(new Set(wanted.map(({ tenant, sha256 }) => `${tenant}/${sha256}`))));
    swept.catch((err: unknown) => log.warn({ err }, "files that no model needs cannot be deleted"));
  }, SWEEP_MS);
  sweep.unref();
  return {
    deployments,
    service: { shipped: shipped.models, contentModel, registry, deployments, files, workers, catalog },
    worker: {
      catalog,
      registry: workers,
      modelFile: shipped.modelFile,
      tenantFile: (tenant, sha256) => files.stream(tenant, sha256),
      models: registry,
      deployments,
    },
    close: async () => clearInterval(sweep),
  };
}
