import { join } from "node:path";
import { type KeyDirectory, openKeyDirectory, TokenVerifier } from "@cinedeepmatch/auth";
import type { Logger } from "pino";
import { startGrpcServer } from "../grpc/grpc-server.js";
import { createImportMovies } from "../grpc/import-movies.js";
import { CallLimiter } from "../grpc/limit-calls.js";
import { WorkerRegistry } from "../grpc/worker-registry.js";
import { MemoryRateLimiter } from "../limits/memory-rate-limiter.js";
import { RedisRateLimiter } from "../limits/redis-rate-limiter.js";
import { EncodingPump } from "../matching/encoding-pump.js";
import { Matcher } from "../matching/matcher.js";
import { encodingTextOf, textDigestOf } from "../matching/movie-text-of.js";
import { Dispatcher } from "../queue/dispatcher.js";
import { createEmbeddedBackend } from "../queue/embedded-backend.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { createRedisBackend } from "../queue/redis-backend.js";
import { createBullmqPool } from "../stores/embedded/bullmq-pool.js";
import { openDataDirectory } from "../stores/embedded/data-directory.js";
import { createEmbeddedActivityStore } from "../stores/embedded/embedded-activity-store.js";
import { createEmbeddedCatalogStore } from "../stores/embedded/embedded-catalog-store.js";
import { openDatabase } from "../stores/embedded/open-database.js";
import { modelVersionOf } from "../worker/model-worker.js";
import type { Config } from "./config.js";
import { loadShippedModels } from "./model-files.js";
import { Teardown } from "./teardown.js";

/** A running gRPC server with its stores. */
export interface GrpcRole {
  readonly url: string;
  readonly keys: KeyDirectory;
  readonly backend: QueueBackend;
  /** How many model workers are ready. */
  readyWorkers(): number;
  close(): Promise<void>;
}

const TENANT = "default";
const KEYS_RELOAD_MS = 5_000;
const GRACE_MS = 10_000;

/** Starts the gRPC server: opens the stores and the queue, which it owns, and serves 9090. */
export async function startGrpcRole(config: Config, log: Logger): Promise<GrpcRole> {
  const teardown = new Teardown();
  try {
    const directory = teardown.add(await openDataDirectory(config.dataDirectory));
    const database = teardown.add(await openDatabase(directory));
    const keys = await openKeyDirectory(join(directory.path, "keys"));
    const reload = setInterval(() => keys.reload().catch((err) => log.error({ err }, "keys")), KEYS_RELOAD_MS);
    teardown.add({ close: async () => clearInterval(reload) });

    const backend = teardown.add(
      config.redisUrl === undefined
        ? createEmbeddedBackend(await createBullmqPool(database.pglite))
        : createRedisBackend(config.redisUrl, log),
    );
    await backend.check();
    const { encoder, models, modelFile } = await loadShippedModels();
    const modelVersion = modelVersionOf(encoder);
    const queue = teardown.add(new Dispatcher({ backend, ring: keys.model, model: modelVersion }));
    await queue.ready();

    const catalog = createEmbeddedCatalogStore({ db: database.db, textDigest: textDigestOf });
    const activity = createEmbeddedActivityStore({ db: database.db });
    const registry = new WorkerRegistry();
    const server = await startGrpcServer({
      host: config.host,
      port: config.grpcPort,
      trustedProxies: config.trustedProxies,
      callLimiter: openCallLimiter(config, teardown, log),
      verifiers: { client: new TokenVerifier({ ring: keys.client }), model: new TokenVerifier({ ring: keys.model }) },
      log,
      isReady: () => registry.readyCount() > 0,
      match: { matcher: new Matcher({ catalog, activity, queue }), catalog },
      catalog: {
        catalog,
        modelVersion,
        importMovies: createImportMovies(catalog),
        readyWorkers: () => registry.readyCount(),
      },
      activity: { activity },
      account: { ring: keys.client },
      model: { models },
      worker: { catalog, registry, modelFile },
    });
    teardown.add({ close: () => server.close(GRACE_MS) });
    teardown.add(new EncodingPump({ catalog, queue, tenant: TENANT, modelVersion, textOf: encodingTextOf, log }));
    return {
      url: server.url,
      keys,
      backend,
      readyWorkers: () => registry.readyCount(),
      close: () => teardown.close(),
    };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}

/** Servers that share a Redis share their limits. */
function openCallLimiter({ redisUrl, callRates }: Config, teardown: Teardown, log: Logger): CallLimiter {
  const counts = redisUrl === undefined ? new MemoryRateLimiter() : new RedisRateLimiter(redisUrl, log);
  return new CallLimiter(teardown.add(counts), callRates);
}
