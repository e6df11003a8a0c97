import { type Command, Option } from "commander";
import type { Logger } from "pino";
import type { Tracing } from "../../matching/tracing.js";
import { type AllInOne, startAllInOne } from "../all-in-one.js";
import { type Config, readConfig } from "../config.js";
import { startGrpcRole } from "../grpc-role.js";
import { loadStarterCatalog } from "../load-starter-catalog.js";
import { openLog } from "../open-log.js";
import { startRemoteGateway } from "../remote-gateway.js";
import { startRemoteWorker } from "../remote-worker.js";
import { startTracing } from "../start-tracing.js";
import type { Closable } from "../teardown.js";
import { printWelcome } from "../welcome.js";

interface ServeFlags {
  role: "all" | "gateway" | "grpc" | "worker";
  dataDir?: string;
  host?: string;
  gatewayPort?: string;
  grpcPort?: string;
  demo?: boolean;
  starterCatalog?: boolean;
  json?: boolean;
}

/** `cinedeepmatch serve`: runs the server, or one role of it, until it is told to stop. */
export function addServeCommand(program: Command): void {
  program
    .command("serve")
    .description("run the server")
    .addOption(
      new Option("--role <role>", "which part to run").choices(["all", "gateway", "grpc", "worker"]).default("all"),
    )
    .option("--data-dir <folder>", "where everything is kept (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
    .option("--host <address>", "address to listen on (default: $HOST or 127.0.0.1)")
    .option("--gateway-port <port>", "port of the gateway, 0 for a free one (default: $GATEWAY_PORT or 8080)")
    .option("--grpc-port <port>", "port of the gRPC server, 0 for a free one (default: $GRPC_PORT or 9090)")
    .option("--demo", "serve the example page, with a token for it, to this machine's browsers")
    .option("--starter-catalog", "load the catalogue that ships with the server")
    .option("--json", "say in one line of JSON when it is ready")
    .action(serve);
}

async function serve(flags: ServeFlags): Promise<void> {
  const stop = stopSignal();
  try {
    const config = readConfig(withFlags(process.env, flags));
    const tracing = await startTracing(config, flags.role);
    const log = openLog(config, flags.role, tracing);
    const running = await start(config, flags, log, tracing);
    await stop;
    await running.close();
    await tracing?.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`cinedeepmatch: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

async function start(config: Config, flags: ServeFlags, log: Logger, tracing: Tracing | undefined): Promise<Closable> {
  switch (flags.role) {
    case "all": {
      const all = await startAllInOne(config, { demo: flags.demo === true, tracing }, log);
      await announce(all, config, flags);
      return all;
    }
    case "grpc": {
      if (config.redisUrl === undefined) throw new Error("The gRPC server alone needs REDIS_URL for its queue.");
      const grpc = await startGrpcRole(config, log, tracing);
      announceRole(flags, { grpcUrl: grpc.url, opsUrl: grpc.opsUrl });
      return grpc;
    }
    case "gateway": {
      const gateway = await startRemoteGateway(config, log, tracing);
      announceRole(flags, { gatewayUrl: gateway.url, opsUrl: gateway.opsUrl });
      return gateway;
    }
    case "worker": {
      const worker = await startRemoteWorker(config, log, tracing);
      announceRole(flags, { opsUrl: worker.opsUrl });
      return worker;
    }
  }
}

async function announce(all: AllInOne, config: Config, flags: ServeFlags): Promise<void> {
  if (flags.starterCatalog) await loadStarterCatalog(all, { quiet: flags.json === true });
  const { gatewayUrl, grpcUrl, opsUrl, token } = all;
  if (flags.json) announceRole(flags, { gatewayUrl, grpcUrl, opsUrl, token });
  else printWelcome(all, config, { demo: flags.demo === true });
}

function announceRole(flags: ServeFlags, facts: object): void {
  if (flags.json) process.stdout.write(`${JSON.stringify({ event: "ready", ...facts })}\n`);
  else process.stdout.write(`The ${flags.role} is ready. ${Object.values(facts).join(" ")}\n`);
}

/** A flag stands for the variable of the same name. */
function withFlags(given: NodeJS.ProcessEnv, flags: ServeFlags): NodeJS.ProcessEnv {
  const env = { ...given };
  if (flags.dataDir !== undefined) env.CINEDEEPMATCH_DATA_DIR = flags.dataDir;
  if (flags.host !== undefined) env.HOST = flags.host;
  if (flags.gatewayPort !== undefined) env.GATEWAY_PORT = flags.gatewayPort;
  if (flags.grpcPort !== undefined) env.GRPC_PORT = flags.grpcPort;
  // Whoever tries it out wants to see what matters to them.
  if (flags.demo && env.LOG_LEVEL === undefined) env.LOG_LEVEL = "warn";
  return env;
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(130));
      });
    }
  });
}
