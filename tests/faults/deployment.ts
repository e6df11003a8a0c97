import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type ClientOptions, createClient, type NodeClient } from "@cinedeepmatch/sdk-node";
import { FaultyProxy } from "../../packages/server/src/stores/testing/faulty-proxy.js";
import { freePort } from "../free-port.js";
import { CLI } from "../spawn-role.js";
import { mountSmall } from "./full-disk.js";
import { mongoServer, type OwnServer, postgresServer, redisServer } from "./own-server.js";
import { Role } from "./role.js";

/** A system under test, whose parts scenarios hurt. */
export interface Deployment {
  /** A client that tries once. Writers go through the gateway as well as to the gRPC server itself. */
  connect(through: "gateway" | "grpc"): NodeClient;
  /** A client of any other kind. */
  reach(through: "gateway" | "grpc", options: Pick<ClientOptions, "maxRetries" | "timeoutMs">): NodeClient;
  /** A client that tries again, for whoever checks. */
  readonly patient: NodeClient;
  close(): Promise<void>;
}

/** Everything in one process. */
export interface EmbeddedDeployment extends Deployment {
  readonly all: Role;
  readonly dataDirectory: string;
}

/** Each role in a process of its own, on three servers that belong to the run. */
export interface ServersDeployment extends Deployment {
  readonly gateway: Role;
  readonly grpc: Role;
  readonly workers: readonly [Role, Role];
  readonly redis: OwnServer;
  readonly postgres: OwnServer;
  readonly mongo: OwnServer;
  /** Between the gRPC server and MongoDB. */
  readonly mongoProxy: FaultyProxy;
}

/** The clients of a run all come from one address, and one of them is restarted over and over. */
const NO_LIMITS = {
  RATE_LIMIT_GATEWAY: "off",
  RATE_LIMIT_ADDRESS: "off",
  RATE_LIMIT_SERVICE: "off",
  RATE_LIMIT_REFUSED: "off",
};

/** Starts everything in one process, with its data on a file system of its own where that is permitted. */
export async function startEmbedded(folder: string): Promise<EmbeddedDeployment> {
  const dataDirectory = join(folder, "data");
  const unmount = process.getuid?.() === 0 ? await mountSmall(dataDirectory) : async () => {};
  const [gatewayPort, grpcPort] = [await freePort(), await freePort()];
  const flags = ["--data-dir", dataDirectory, "--gateway-port", `${gatewayPort}`, "--grpc-port", `${grpcPort}`];
  const logPath = join(folder, "all.log");
  const all = new Role({ name: "all", flags, env: NO_LIMITS, logPath });
  await all.start();
  const token = readFileSync(join(dataDirectory, "token"), "utf8").trim();
  const ports = { gateway: gatewayPort, grpc: grpcPort };
  const reach = reachers(ports, token);
  return {
    ...{ all, dataDirectory },
    ...reach,
    async close() {
      await all.stop();
      await unmount();
    },
  };
}

/** Starts PostgreSQL, MongoDB's stand-in and Redis, and on them a gRPC server, two workers and a gateway. */
export async function startServers(folder: string): Promise<ServersDeployment> {
  const [redis, postgres, mongo] = [await redisServer(folder), await postgresServer(folder), await mongoServer(folder)];
  const servers = [redis, postgres, mongo];
  await Promise.all(servers.map((server) => server.start()));
  const { proxy: mongoProxy, url: mongoUrl } = await FaultyProxy.open(`mongodb://127.0.0.1:${mongo.port}`);
  const env = {
    ...NO_LIMITS,
    REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    DATABASE_URL: `postgres://faults@127.0.0.1:${postgres.port}/postgres`,
    MONGODB_URL: `${mongoUrl.replace(/\/$/, "")}/faults`,
  };
  const dataDirectory = join(folder, "keys-and-token");
  await mkdir(dataDirectory);
  const ports = { gateway: await freePort(), grpc: await freePort() };
  const role = (name: string, flags: string[], more: Record<string, string>) =>
    new Role({ name, flags, env: more, logPath: join(folder, `${name}.log`) });
  const grpc = role("grpc", ["--role", "grpc", "--data-dir", dataDirectory, "--grpc-port", `${ports.grpc}`], env);
  await grpc.start();
  const command = (...args: string[]) =>
    execFileSync(process.execPath, [CLI, ...args, "--data-dir", dataDirectory], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  const grpcUrl = `http://127.0.0.1:${ports.grpc}`;
  const workerEnv = {
    REDIS_URL: env.REDIS_URL,
    GRPC_URL: grpcUrl,
    WORKER_TOKEN: command("token", "issue", "--worker", "--subject", "worker", "--ttl", "30d"),
    MODEL_KEYS: command("keys", "export", "--audience", "model"),
  };
  const workers = [
    role("worker-1", ["--role", "worker"], workerEnv),
    role("worker-2", ["--role", "worker"], workerEnv),
  ] as const;
  const gatewayFlags = ["--role", "gateway", "--gateway-port", `${ports.gateway}`];
  const gateway = role("gateway", gatewayFlags, { ...NO_LIMITS, GRPC_URL: grpcUrl });
  const token = command("token", "issue", "--subject", "faults", "--ttl", "30d");
  await Promise.all([...workers.map((worker) => worker.start()), gateway.start()]);
  return {
    ...{ gateway, grpc, workers, redis, postgres, mongo, mongoProxy },
    ...reachers(ports, token),
    async close() {
      for (const each of [gateway, ...workers, grpc]) each.signal("SIGCONT");
      await Promise.all([gateway.stop(), ...workers.map((worker) => worker.stop())]);
      await grpc.stop();
      await mongoProxy.close();
      await Promise.all(servers.map((server) => server.kill()));
    },
  };
}

function reachers(ports: { gateway: number; grpc: number }, token: string) {
  const reach: Deployment["reach"] = (through, options) => {
    const baseUrl = `http://127.0.0.1:${ports[through]}`;
    return createClient({ baseUrl, token, ...options, ...(through === "grpc" && { protocol: "grpc" }) });
  };
  return {
    reach,
    connect: (through: "gateway" | "grpc") => reach(through, { maxRetries: 0 }),
    patient: reach("grpc", { maxRetries: 20, timeoutMs: 60_000 }),
  };
}
