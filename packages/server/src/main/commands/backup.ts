import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Command } from "commander";
import { describeBackup } from "../../backup/describe-backup.js";
import { writeBackup } from "../../backup/write-backup.js";
import { modelVersionOf } from "../../worker/model-worker.js";
import { readConfig } from "../config.js";
import { loadShippedModels } from "../model-files.js";
import {
  type CommandContext,
  CommandError,
  EXIT_HELP,
  inContext,
  processContext,
  runAction,
} from "./command-context.js";
import type { ConnectionFlags } from "./connection.js";
import { addOperationsOptions, askOperations } from "./operations-connection.js";
import { withStores } from "./with-stores.js";

interface BackupFlags extends ConnectionFlags {
  readonly offline?: boolean;
}

const HELP = `
Holds the catalogue with its vectors, activity, accounts, sessions, revocations and registered models with their files;
not the keys: keep a copy of the folder keys of the data directory where you keep passwords. A running server is asked for it at its operations port, or
through a gateway that forwards /admin, with a token that has the scope ops:admin.
${EXIT_HELP}`;

/** `cinedeepmatch backup`: writes everything that is stored into one file. */
export function addBackupCommand(program: Command, context: CommandContext = processContext): void {
  const command = program
    .command("backup")
    .description("back up everything but keys, while the server runs")
    .argument("<file>", "file to write, or - for standard output");
  addOperationsOptions(inContext(command, context))
    .option("--offline", "read the stores without a server: those of the environment and the data directory")
    .addHelpText("after", HELP)
    .action((file: string, flags: BackupFlags) => runAction(context, () => backUp(file, flags, context)));
}

async function backUp(file: string, flags: BackupFlags, context: CommandContext): Promise<undefined> {
  const write = (to: Writable) => (flags.offline ? offline(flags, context, to) : fromServer(flags, context, to));
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

function offline({ dataDir }: BackupFlags, { env }: CommandContext, to: Writable): Promise<void> {
  const config = readConfig({ ...env, ...(dataDir && { CINEDEEPMATCH_DATA_DIR: dataDir }) });
  return withStores(config, async (stores) => {
    const { encoder } = await loadShippedModels();
    await pipeline(writeBackup({ ...stores, modelVersion: modelVersionOf(encoder) }), to);
  });
}

async function fromServer(flags: BackupFlags, context: CommandContext, to: Writable): Promise<void> {
  const otherwise = "Without one, say --offline; else name it with --url.";
  const { answer, url } = await askOperations(flags, context, { path: "/admin/backup", otherwise });
  if (!answer.ok || answer.body === null || answer.headers.get("content-type") !== "application/gzip") {
    throw new CommandError(`${url} answers ${answer.status}, and no backup. Is it the server's operations port?`);
  }
  await pipeline(Readable.fromWeb(answer.body), to).catch((cause: unknown) => {
    throw new CommandError(`The backup was cut off; the server's log says why. (${(cause as Error).message})`);
  });
}
