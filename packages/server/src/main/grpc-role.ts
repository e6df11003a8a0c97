import { join } from "node:path";
import { type KeyDirectory, openKeyDirectory, TokenVerifier } from "@cinedeepmatch/auth";
import type { Logger } from "pino";
import type { RevocationList } from "../accounts/revocation-list.js";
import { MAX_TOKEN_AGE_MS } from "../accounts/revoker.js";
import { writeBackup } from "../backup/write-backup.js";
import { startGrpcServer } from "../grpc/grpc-server.js";
import { createImportMovies } from "../grpc/import-movies.js";
import { CallLimiter } from "../grpc/limit-calls.js";
import { createMatchDoor } from "../grpc/match-door.js";
import type { Verifiers } from "../grpc/request-gate.js";
import { WorkerRegistry } from "../grpc/worker-registry.js";
import { MemoryRateLimiter } from "../limits/memory-rate-limiter.js";
import { RedisRateLimiter } from "../limits/redis-rate-limiter.js";
import { measureQueue } from "../matching/measure-queue.js";
import type { MovieTexts } from "../matching/movie-texts.js";
import { traceQueue } from "../matching/trace-queue.js";
import type { Tracing } from "../matching/tracing.js";
import { Dispatcher, type DispatcherOptions } from "../queue/dispatcher.js";
import { createEmbeddedBackend } from "../queue/embedded-backend.js";
import type { QueueBackend } from "../queue/queue-backend.js";
import { createRedisBackend } from "../queue/redis-backend.js";
import { createBullmqPool } from "../stores/embedded/bullmq-pool.js";
import { modelVersionOf } from "../worker/model-worker.js";
import type { Config } from "./config.js";
import { startMatchJobs } from "./match-jobs.js";
import { loadShippedModels } from "./model-files.js";
import { type OpenAccounts, openAccounts } from "./open-accounts.js";
import { openMatcher } from "./open-matcher.js";
import { openModels } from "./open-models.js";
import { openMovieTexts } from "./open-movie-texts.js";
import { type OpenStores, openStores } from "./open-stores.js";
import { readiness } from "./readiness.js";
import { scheduleLearning } from "./schedule-learning.js";
import { openServerTelemetry, type ServerTelemetry, startServerOperations } from "./server-operations.js";
import { startEncoding } from "./start-encoding.js";
import { Teardown } from "./teardown.js";

/** A running gRPC server with its stores. */
export interface GrpcRole {
  readonly url: string;
  readonly keys: KeyDirectory;
  readonly accounts: OpenAccounts;
  readonly backend: QueueBackend;
  readonly telemetry: ServerTelemetry;
  /** For a worker in the same process. */
  readonly texts: MovieTexts;
  /** Where metrics, health and the queue's dashboard are. */
  readonly opsUrl: string;
  /** How many model workers are ready. */
  readyWorkers(): number;
  close(): Promise<void>;
}

const KEYS_RELOAD_MS = 5_000;
const GRACE_MS = 10_000;

/** Starts the gRPC server: opens the stores and the queue, which it owns, and serves 9090. */
export async function startGrpcRole(config: Config, log: Logger, tracing?: Tracing): Promise<GrpcRole> {
  const teardown = new Teardown();
  try {
    const texts = await openMovieTexts(config);
    const stores = teardown.add(await openStores(config, texts, log));
    const { catalog, activity } = stores;
    const keys = await openKeys(join(stores.directory, "keys"), teardown, log);
    const backend = teardown.add(await openBackend(config, stores, log));
    await backend.check();
    const shipped = await loadShippedModels();
    const { encoder } = shipped;
    const modelVersion = modelVersionOf(encoder);
    const telemetry = openServerTelemetry(shipped.encoder);
    const queue = await openQueue({ backend, ring: keys.model, model: modelVersion }, { telemetry, tracing }, teardown);
    const signUp = { store: stores.accounts, ring: keys.client, signUpTenants: config.signUpTenants };
    const accounts = teardown.add(await openAccounts(signUp, log));
    const workers = new WorkerRegistry();
    const readyWorkers = () => workers.readyCount();
    const models = teardown.add(openModels({ stores, shipped, encoder, workers, telemetry }, log));
    const isReady = readiness({ ...stores, backend, readyWorkers }, teardown, log);
    const verifiers = createVerifiers(keys, accounts.revocations);
    const ports = { catalog, activity, queue, tasteModels: models.deployments };
    const matcher = openMatcher({ ...ports, modelVersion, texts, keys, telemetry }, config, teardown, log);
    const jobs = teardown.add(startMatchJobs({ jobs: stores.jobs, matcher }, config, log));
    const server = await startGrpcServer({
      host: config.host,
      port: config.grpcPort,
      trustedProxies: config.trustedProxies,
      callLimiter: openCallLimiter(config, teardown, log),
      verifiers,
      log,
      tracing,
      measurements: telemetry.calls,
      isReady,
      match: { matcher, catalog, door: createMatchDoor(backend.leastAtOnce, telemetry.queue), ...jobs },
      catalog: { catalog, modelVersion, importMovies: createImportMovies(catalog), readyWorkers },
      activity: { activity, userData: accounts.userDataWith(activity, stores.jobs), log },
      account: accounts,
      model: models.service,
      worker: models.worker,
    });
    teardown.add({ close: () => server.close(GRACE_MS) });
    const backup = () => writeBackup({ ...stores, modelVersion });
    const parts = { registry: telemetry.registry, backend, verifiers, readyWorkers, isReady, backup };
    const { url: opsUrl } = teardown.add(await startServerOperations(parts, config, log));
    const encoding = { catalog, queue, modelVersion, texts };
    teardown.add(startEncoding(encoding, stores.leases, log));
    teardown.add(scheduleLearning({ ...accounts, everyDays: config.learnEveryDays, stores, url: server.url }, log));
    const shared = { keys, accounts, backend, telemetry, texts, readyWorkers };
    return { url: server.url, opsUrl, ...shared, close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}

/** The way to the workers, which tells how its requests fare. */
async function openQueue(
  options: DispatcherOptions,
  { telemetry, tracing }: { telemetry: ServerTelemetry; tracing: Tracing | undefined },
  teardown: Teardown,
) {
  const dispatcher = teardown.add(new Dispatcher(options));
  await dispatcher.ready();
  return traceQueue(measureQueue(dispatcher, telemetry.queue), tracing);
}

async function openBackend({ redisUrl }: Config, { embedded }: OpenStores, log: Logger): Promise<QueueBackend> {
  if (redisUrl !== undefined) return createRedisBackend(redisUrl, log);
  if (embedded === undefined) throw new Error("Without Redis the queue is in the embedded database.");
  return createEmbeddedBackend(await createBullmqPool(embedded.connection));
}

/** Rotations by the CLI are followed. */
async function openKeys(path: string, teardown: Teardown, log: Logger): Promise<KeyDirectory> {
  const keys = await openKeyDirectory(path);
  const reload = setInterval(() => keys.reload().catch((err) => log.error({ err }, "keys")), KEYS_RELOAD_MS);
  teardown.add({ close: async () => clearInterval(reload) });
  return keys;
}

function createVerifiers(keys: KeyDirectory, revocations: RevocationList): Verifiers {
  const options = { revocations, maxTokenAgeMs: MAX_TOKEN_AGE_MS };
  return {
    client: new TokenVerifier({ ...options, ring: keys.client }),
    model: new TokenVerifier({ ...options, ring: keys.model }),
  };
}

/** Servers that share a Redis share their limits. */
function openCallLimiter({ redisUrl, callRates }: Config, teardown: Teardown, log: Logger): CallLimiter {
  const counts = redisUrl === undefined ? new MemoryRateLimiter() : new RedisRateLimiter(redisUrl, log);
  return new CallLimiter(teardown.add(counts), callRates);
}
