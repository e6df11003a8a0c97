import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, type NodeClient } from "@cinedeepmatch/sdk-node";
import type { Command } from "commander";
import { readConfig } from "../config.js";
import { CommandError, EXIT } from "./command-context.js";
import { explainFailure } from "./explain-failure.js";

const DEFAULT_URL = "http://127.0.0.1:9090";
/** Generous, because an import keeps the server busy. */
const TIMEOUT_MS = 30_000;

/** The flags that say where the server is and who is asking. */
export interface ConnectionFlags {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
}

/** Adds the flags of {@link ConnectionFlags} to a command. */
export function addConnectionOptions(command: Command): Command {
  return command
    .option("--url <url>", `address of the gRPC server (default: $CINEDEEPMATCH_URL or ${DEFAULT_URL})`)
    .option("--token <token>", "token to call with (default: $CINEDEEPMATCH_TOKEN or the file token in --data-dir)")
    .option("--data-dir <folder>", "data directory of a server here (default: $CINEDEEPMATCH_DATA_DIR or ./.data)");
}

/** Calls the server that flags and environment name, and turns what goes wrong into what the user can do about it. */
export async function withClient<T>(
  flags: ConnectionFlags,
  env: NodeJS.ProcessEnv,
  use: (client: NodeClient) => Promise<T>,
): Promise<T> {
  const baseUrl = flags.url ?? (env.CINEDEEPMATCH_URL || DEFAULT_URL);
  const tokenFile = join(flags.dataDir ?? readConfig(env).dataDirectory, "token");
  const token = flags.token ?? (env.CINEDEEPMATCH_TOKEN || (await readToken(tokenFile)));
  const client = connect(baseUrl, token);
  try {
    return await use(client);
  } catch (error) {
    throw explainFailure(error, { url: baseUrl, port: 9090, tokenFile, hasToken: token !== undefined });
  }
}

function connect(baseUrl: string, token: string | undefined): NodeClient {
  try {
    return createClient({ baseUrl, token, protocol: "grpc", timeoutMs: TIMEOUT_MS });
  } catch {
    throw new CommandError(`"${baseUrl}" is no address such as ${DEFAULT_URL}.`, EXIT.usage);
  }
}

/** The token that the server wrote at its first start, if it did so here. */
export async function readToken(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new CommandError(`The token in ${file} cannot be read: ${(error as Error).message}`);
  }
}
