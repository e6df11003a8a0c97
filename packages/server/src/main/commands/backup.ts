import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { describeBackup } from "../../backup/describe-backup.js";
import { writeBackup } from "../../backup/write-backup.js";
import { modelVersionOf } from "../../worker/model-worker.js";
import { type Config, readConfig } from "../config.js";
import { loadShippedModels } from "../model-files.js";
import { withTexts } from "../open-movie-texts.js";
import {
  type CommandContext,
  CommandError,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import { readToken } from "./connection.js";
import { withStores } from "./with-stores.js";

interface BackupFlags {
  readonly url?: string;
  readonly token?: string;
  readonly dataDir?: string;
  readonly offline?: boolean;
}

const DEFAULT_URL = "http://127.0.0.1:9091";

const HELP = `
Holds the catalogue with its vectors, activity, accounts, sessions and revocations; not the keys: keep a copy of the
folder keys of the data directory where you keep passwords. A running server is asked for it at its operations port, or
through a gateway that forwards /admin, with a token that has the scope ops:admin.
${EXIT_HELP}`;

/** `cinedeepmatch backup`: writes everything that is stored into one file. */
export function addBackupCommand(program: Command, context: CommandContext = processContext): void {
  const command = program
    .command("backup")
    .description("back up everything but keys, while the server runs")
    .argument("<file>", "file to write, or - for standard output")
    .option("--url <url>", `operations port of the server (default: $CINEDEEPMATCH_OPS_URL or ${DEFAULT_URL})`)
    .option("--token <token>", "token to ask with (default: $CINEDEEPMATCH_TOKEN or the file token in --data-dir)")
    .option("--data-dir <folder>", "data directory of a server here (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
    .option("--offline", "read the stores without a server: those of the environment and the data directory");
  inContext(command, context)
    .addHelpText("after", HELP)
    .action((file: string, flags: BackupFlags) => runAction(context, () => backUp(file, flags, context)));
}

async function backUp(file: string, flags: BackupFlags, context: CommandContext): Promise<undefined> {
  const config = readConfig({ ...context.env, ...(flags.dataDir && { CINEDEEPMATCH_DATA_DIR: flags.dataDir }) });
  const write = (to: Writable) => (flags.offline ? offline(config, to) : fromServer(config, flags, context, to));
  if (file === "-") {
    await write(context.stdout as Writable);
    return;
  }
  // Under its name it is there whole or not at all.
  const partial = `${file}.partial`;
  try {
    await write(createWriteStream(partial, { mode: 0o600 }));
    const found = await describeBackup(partial);
    await rename(partial, file);
    context.stderr.write(`${file}: ${found}\n`);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

function offline(config: Config, to: Writable): Promise<void> {
  return withStores(config, async ({ tables, catalog }, movieTexts) => {
    const { encoder } = await loadShippedModels();
    await pipeline(writeBackup({ tables, catalog, modelVersion: modelVersionOf(withTexts(encoder, movieTexts)) }), to);
  });
}

async function fromServer(config: Config, flags: BackupFlags, { env }: CommandContext, to: Writable): Promise<void> {
  const url = flags.url ?? (env.CINEDEEPMATCH_OPS_URL || DEFAULT_URL);
  const token = flags.token ?? (env.CINEDEEPMATCH_TOKEN || (await readToken(join(config.dataDirectory, "token"))));
  const answer = await ask(url, token);
  if (answer.status === 401 || answer.status === 403) {
    throw new CommandError(`${url} wants a token with the scope ops:admin: give one with --token.`);
  }
  if (!answer.ok || answer.body === null || answer.headers.get("content-type") !== "application/gzip") {
    throw new CommandError(`${url} answers ${answer.status}, and no backup. Is it the server's operations port?`);
  }
  await pipeline(Readable.fromWeb(answer.body), to).catch((cause: unknown) => {
    throw new CommandError(`The backup was cut off; the server's log says why. (${(cause as Error).message})`);
  });
}

async function ask(url: string, token: string | undefined): Promise<Response> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  try {
    return await fetch(new URL("/admin/backup", url), { headers });
  } catch {
    throw new CommandError(`No server answers at ${url}. Without one, say --offline; else name it with --url.`);
  }
}
