import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** What a role says of itself when it is ready. */
export interface ReadyFacts {
  readonly gatewayUrl?: string;
  readonly grpcUrl?: string;
  readonly opsUrl?: string;
  readonly token?: string;
}

/** A role in a process of its own. */
export interface SpawnedRole {
  readonly ready: ReadyFacts;
  /** The process, for tests that hurt it. */
  readonly child: ChildProcess;
  /** What it has logged so far; nothing where that is written elsewhere. */
  logged(): string;
  /** Asks it to end and resolves with its exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a crash would and resolves when it is gone. */
  kill(): Promise<void>;
}

/** The built command. */
export const CLI = fileURLToPath(new URL("../packages/server/dist/main/cli.js", import.meta.url));
/** Nothing of the machine's own environment decides where a role works, or who hears of it. */
const BLANK = {
  REDIS_URL: "",
  DATABASE_URL: "",
  MONGODB_URL: "",
  OTEL_EXPORTER_OTLP_ENDPOINT: "",
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "",
  OPS_PORT: "0",
  LOG_LEVEL: "warn",
};

const living = new Set<ChildProcess>();
// A test that is given up leaves nothing behind.
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/**
 * Starts the built server with these flags of `serve`; resolves when it says that it is ready.
 *
 * @param logTo where to write what it logs, which is kept in memory otherwise
 */
export async function spawnRole(
  flags: readonly string[],
  more: Readonly<Record<string, string>>,
  logTo?: Writable,
): Promise<SpawnedRole> {
  const env = { ...process.env, ...BLANK, ...more };
  const child = spawn(process.execPath, [CLI, "serve", ...flags, "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
  living.add(child);
  // After "close", unlike after "exit", all that it has logged is read.
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  void exited.then(() => living.delete(child));
  const said: string[] = [];
  if (logTo !== undefined) child.stderr.pipe(logTo);
  else child.stderr.on("data", (chunk) => said.push(String(chunk)));
  const ready = await untilReady(child, exited, said);
  return {
    ready,
    child,
    logged: () => said.join(""),
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function untilReady(
  child: ChildProcess,
  exited: Promise<number | null>,
  said: readonly string[],
): Promise<ReadyFacts> {
  if (child.stdout === null) throw new Error("the server's output is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{"event":"ready"')) return JSON.parse(line) as ReadyFacts;
  }
  throw new Error(`the server ended with ${await exited}: ${said.join("")}`);
}
