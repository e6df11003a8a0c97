import type { FastifyBaseLogger } from "fastify";
import type { Logger } from "pino";
import type { Tracing } from "../matching/tracing.js";
import { openRegistry } from "../telemetry/open-registry.js";
import { startOperationsServer } from "../telemetry/operations-server.js";
import type { ModelWorker } from "../worker/model-worker.js";
import type { Config } from "./config.js";
import { loadShippedModels } from "./model-files.js";
import { openMovieTexts } from "./open-movie-texts.js";
import { type Closable, Teardown } from "./teardown.js";
import { remoteConnections, startWorkerRole } from "./worker-role.js";

/** A model worker in a process of its own. */
export interface RemoteWorker extends Closable {
  /** Where its metrics and its health are. */
  readonly opsUrl: string;
}

/** Starts a model worker apart from its server; resolves once it takes matches, which its server may make it wait for. */
export async function startRemoteWorker(config: Config, log: Logger, tracing?: Tracing): Promise<RemoteWorker> {
  const { connections, backend } = remoteConnections(config, log);
  const teardown = new Teardown();
  teardown.add(backend);
  try {
    const { encoder } = await loadShippedModels();
    const registry = openRegistry(encoder);
    let worker: ModelWorker | undefined;
    const { url: opsUrl } = teardown.add(
      await startOperationsServer({
        host: config.host,
        port: config.opsPort,
        registry,
        isReady: () => worker?.status().ready === true,
        log: log as FastifyBaseLogger,
      }),
    );
    const texts = await openMovieTexts(config);
    worker = teardown.add(await startWorkerRole({ ...connections, texts, tracing }, registry, log));
    return { opsUrl, close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}
