import type { ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawnRole } from "./spawn-role.ts";

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

/** Starts the built server, all roles in one process, on free ports. */
export async function startServer(options: SpawnOptions = {}): Promise<SpawnedServer> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), "cinedeepmatch-")));
  const grpcPort = String(options.grpcPort ?? 0);
  const flags = ["--data-dir", dataDirectory, "--gateway-port", "0", "--grpc-port", grpcPort];
  if (options.demo) flags.push("--demo");
  if (options.starterCatalog) flags.push("--starter-catalog");
  const { ready, child, logged, stop, kill } = await spawnRole(flags, options.env ?? {});
  const { gatewayUrl = "", grpcUrl = "", opsUrl = "", token = "" } = ready;
  return {
    ...{ gatewayUrl, grpcUrl, opsUrl, token, dataDirectory, child, logged, kill },
    async stop() {
      const code = await stop();
      if (options.dataDirectory === undefined) await rm(dataDirectory, { recursive: true, force: true });
      return code;
    },
  };
}
