import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { issueTestToken, runCli } from "./run-cli.js";
import { type SpawnedRole, spawnRole } from "./spawn-role.js";

/** How a deployment is started. */
export interface DeploymentOptions {
  /** Where the stores and the queue are: DATABASE_URL, MONGODB_URL and REDIS_URL. */
  readonly stores: Readonly<Record<string, string>>;
  /** For every role. */
  readonly env?: Readonly<Record<string, string>>;
  readonly gateways?: number;
  readonly workers?: number;
  readonly starterCatalog?: boolean;
}

/** Roles in processes of their own, as a team runs them. */
export interface Deployment {
  readonly gateways: SpawnedRole[];
  readonly grpc: SpawnedRole;
  readonly workers: SpawnedRole[];
  readonly gatewayUrls: readonly string[];
  readonly grpcUrl: string;
  /** A token that may do everything. */
  readonly token: string;
  readonly dataDirectory: string;
  addGateway(): Promise<SpawnedRole>;
  addWorker(): Promise<SpawnedRole>;
  /** Asks all of them to end; resolves with what they ended with. */
  stop(): Promise<(number | null)[]>;
}

const STARTER_CATALOG = fileURLToPath(new URL("../packages/server/assets/starter-catalog.ndjson", import.meta.url));
const SCOPES =
  "match:read match:bulk catalog:read catalog:write activity:read activity:write activity:admin token:mint account:admin " +
  "account:self model:read model:admin ops:admin";

/** Starts one gRPC server with gateways before it and workers behind it: two of each unless told otherwise. */
export async function startDeployment(options: DeploymentOptions): Promise<Deployment> {
  const { stores, env = {}, starterCatalog = false } = options;
  const dataDirectory = await mkdtemp(join(tmpdir(), "cinedeepmatch-"));
  const dataDir = ["--data-dir", dataDirectory];
  const grpc = await spawnRole(["--role", "grpc", "--grpc-port", "0", ...dataDir], { ...env, ...stores });
  const { grpcUrl = "" } = grpc.ready;
  const token = await issueTestToken(dataDirectory, SCOPES.split(" "));
  const workerEnv = {
    ...env,
    GRPC_URL: grpcUrl,
    REDIS_URL: stores.REDIS_URL ?? "",
    WORKER_TOKEN: await command("token", "issue", "--worker", "--subject", "worker", ...dataDir),
    MODEL_KEYS: await command("keys", "export", "--audience", "model", ...dataDir),
  };
  const startWorker = () => spawnRole(["--role", "worker"], workerEnv);
  const startGateway = () => spawnRole(["--role", "gateway", "--gateway-port", "0"], { ...env, GRPC_URL: grpcUrl });
  const several = (count: number, start: () => Promise<SpawnedRole>) =>
    Promise.all(Array.from({ length: count }, start));
  // A store that stands in for a real one reads all movies for each worker after each write: they come afterwards.
  const connection = ["--quiet", "--url", grpcUrl, "--token", token];
  if (starterCatalog) await command("import", STARTER_CATALOG, "--no-wait", ...connection);
  const workers = [await startWorker()];
  if (starterCatalog) await command("import", STARTER_CATALOG, ...connection);
  workers.push(...(await several((options.workers ?? 2) - 1, startWorker)));
  const gateways = await several(options.gateways ?? 2, startGateway);
  const added = async (to: SpawnedRole[], start: () => Promise<SpawnedRole>) => {
    const role = await start();
    to.push(role);
    return role;
  };
  return {
    ...{ gateways, grpc, workers, grpcUrl, token, dataDirectory },
    gatewayUrls: gateways.map(({ ready }) => ready.gatewayUrl ?? ""),
    addGateway: () => added(gateways, startGateway),
    addWorker: () => added(workers, startWorker),
    async stop() {
      const codes = await Promise.all([...gateways, ...workers].map((role) => role.stop()));
      codes.push(await grpc.stop());
      await rm(dataDirectory, { recursive: true, force: true });
      return codes;
    },
  };
}

async function command(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCli(args);
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}
