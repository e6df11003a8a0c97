import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

const STOP_MS = 15_000;
const READY_MS = 120_000;
const MAX_LOG = 4_000;
/** Settings that would make the child a server of something else than its own data directory. */
const FOREIGN = ["REDIS_URL", "DATABASE_URL", "MONGODB_URL"];

/** A server in a process of its own. */
export interface SpawnedServer extends AsyncDisposable {
  readonly gatewayUrl: string;
  readonly grpcUrl: string;
  readonly token: string;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/**
 * Starts `cinedeepmatch serve` on free ports and waits until it is ready. It is stopped when the value is disposed of,
 * and when this process is told to end.
 *
 * @param cli the path of the built CLI
 */
export async function spawnServer(cli: string, dataDirectory: string, env: NodeJS.ProcessEnv): Promise<SpawnedServer> {
  const args = [cli, "serve", "--data-dir", dataDirectory, "--gateway-port", "0", "--grpc-port", "0", "--json"];
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !FOREIGN.includes(name)));
  const child = spawn(process.execPath, args, { env: own, stdio: ["ignore", "pipe", "pipe"] });
  const log = keepLog(child.stderr);
  const onSignal = (signal: NodeJS.Signals) => {
    void stop(child).then(() => process.exit(signal === "SIGINT" ? 130 : 143));
  };
  const onExit = () => child.kill("SIGKILL");
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal).on("exit", onExit);
  const dispose = async () => {
    await stop(child);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal).off("exit", onExit);
  };
  try {
    return { ...(await untilReady(child, log)), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function untilReady(child: Child, log: () => string): Promise<Omit<SpawnedServer, typeof Symbol.asyncDispose>> {
  const ready = (async () => {
    // Read to its end by `resume` below, because a full pipe would stop the server.
    for await (const line of createInterface({ input: child.stdout })) {
      const said = parseReady(line);
      if (said !== undefined) return said;
    }
    throw new Error(`The server ended before it was ready.\n${log()}`);
  })();
  const failed = once(child, "error").then(([error]) => Promise.reject(error));
  const timer = new AbortController();
  const late = sleep(READY_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`The server was not ready after ${READY_MS / 1000} s.\n${log()}`);
  });
  try {
    return await Promise.race([ready, failed, late]);
  } finally {
    timer.abort();
    for (const promise of [ready, failed, late]) promise.catch(() => {});
    child.stdout.resume();
  }
}

function parseReady(line: string) {
  if (!line.startsWith("{")) return undefined;
  try {
    const { event, gatewayUrl, grpcUrl, token } = JSON.parse(line) as Record<string, string>;
    return event === "ready" && gatewayUrl && grpcUrl && token ? { gatewayUrl, grpcUrl, token } : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the end of what the server logs, for when it fails. */
function keepLog(stream: Readable): () => string {
  let kept = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    kept = (kept + text).slice(-MAX_LOG);
  });
  return () => kept;
}

async function stop(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const kill = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(kill);
}
