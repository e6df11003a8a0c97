import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** How a server under test is started. */
export interface SpawnOptions {
  /** An existing data directory; a new one, removed at the end, unless given. */
  readonly dataDirectory?: string;
  /** A free one unless given. */
  readonly grpcPort?: number;
  readonly demo?: boolean;
  readonly starterCatalog?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server in a process of its own. */
export interface SpawnedServer {
  readonly gatewayUrl: string;
  readonly grpcUrl: string;
  readonly opsUrl: string;
  /** The owner's token. */
  readonly token: string;
  readonly dataDirectory: string;
  /** What it has logged so far. */
  logged(): string;
  /** The process, for tests that hurt it. */
  readonly child: ChildProcess;
  /** Asks it to end and resolves with its exit code; its new data directory is removed. */
  stop(): Promise<number | null>;
  /** Ends it as a crash would and resolves when it is gone; the data stays. */
  kill(): Promise<void>;
}

const CLI = fileURLToPath(new URL("../packages/server/dist/main/cli.js", import.meta.url));

/** Starts the built server, all roles in one process, on free ports. */
export async function startServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), "cinedeepmatch-")));
  const grpcPort = String(options.grpcPort ?? 0);
  const flags = ["--data-dir", dataDirectory, "--gateway-port", "0", "--grpc-port", grpcPort, "--json"];
  if (options.demo) flags.push("--demo");
  if (options.starterCatalog) flags.push("--starter-catalog");
  const env = {
    ...process.env,
    REDIS_URL: "",
    DATABASE_URL: "",
    MONGODB_URL: "",
    OPS_PORT: "0",
    LOG_LEVEL: "warn",
    ...options.env,
  };
  const child = spawn(process.execPath, [CLI, "serve", ...flags], { env, stdio: ["ignore", "pipe", "pipe"] });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const said: string[] = [];
  child.stderr.on("data", (chunk) => said.push(String(chunk)));
  const ready = await untilReady(child, exited, said);
  return {
    ...ready,
    dataDirectory,
    logged: () => said.join(""),
    child,
    async stop() {
      child.kill("SIGTERM");
      const code = await exited;
      if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
      return code;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess, exited: Promise<number | null>, said: readonly string[]) {
  if (child.stdout === null) throw new Error("the server's output is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{"event":"ready"')) continue;
    return JSON.parse(line) as Pick<SpawnedServer, "gatewayUrl" | "grpcUrl" | "opsUrl" | "token">;
  }
  throw new Error(`the server ended with ${await exited}: ${said.join("")}`);
}
