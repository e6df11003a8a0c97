import { join } from "node:path";
import type { Command } from "commander";
import { readConfig } from "../config.js";
import { type CommandContext, CommandError } from "./command-context.js";
import { type ConnectionFlags, readToken } from "./connection.js";

const DEFAULT_URL = "http://127.0.0.1:9091";

/** What is asked of an operations port. */
interface OperationsRequest {
  readonly path: string;
  readonly method?: string;
  /** What to do when nobody answers. */
  readonly otherwise: string;
}

/** An answer, and the address that it is from. */
interface OperationsAnswer {
  readonly answer: Response;
  readonly url: string;
}

/** Adds the flags that say where the operations port is and who is asking. */
export function addOperationsOptions(command: Command): Command {
  return command
    .option("--url <url>", `operations port of the server (default: $CINEDEEPMATCH_OPS_URL or ${DEFAULT_URL})`)
    .option("--token <token>", "token to ask with (default: $CINEDEEPMATCH_TOKEN or the file token in --data-dir)")
    .option("--data-dir <folder>", "data directory of a server here (default: $CINEDEEPMATCH_DATA_DIR or ./.data)");
}

/** Asks the operations port that flags and environment name; turns what goes wrong into what the user can do about it. */
export async function askOperations(
  flags: ConnectionFlags,
  { env }: CommandContext,
  { path, method = "GET", otherwise }: OperationsRequest,
): Promise<OperationsAnswer> {
  const url = flags.url ?? (env.CINEDEEPMATCH_OPS_URL || DEFAULT_URL);
  const tokenFile = join(flags.dataDir ?? readConfig(env).dataDirectory, "token");
  const token = flags.token ?? (env.CINEDEEPMATCH_TOKEN || (await readToken(tokenFile)));
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let answer: Response;
  try {
    answer = await fetch(new URL(path, url), { method, headers });
  } catch {
    throw new CommandError(`No server answers at ${url}. ${otherwise}`);
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new CommandError(`${url} wants a token with the scope ops:admin: give one with --token.`);
  }
  return { answer, url };
}
