import { resolve } from "node:path";
import type { Command } from "commander";
import { restoreBackup } from "../../backup/restore-backup.js";
import { readConfig } from "../config.js";
import { type CommandContext, EXIT_HELP, inContext, processContext, runAction } from "./command-context.js";
import { withStores } from "./with-stores.js";

interface RestoreFlags {
  readonly dataDir?: string;
  readonly replace?: boolean;
}

const HELP = `
Stop the gRPC servers first; gateways and workers may go on running. It goes into the stores of the environment
(DATABASE_URL, MONGODB_URL) and, for what has none, of the data directory; they may be other ones than the backup is
of. Everything in the file is checked before anything is changed, and what was written is compared with it.
${EXIT_HELP}`;

/** `cinedeepmatch restore`: brings a backup back. */
export function addRestoreCommand(program: Command, context: CommandContext = processContext): void {
  const command = program
    .command("restore")
    .description("restore a backup into stores that no server uses")
    .argument("<file>", "a file that `cinedeepmatch backup` wrote")
    .option("--data-dir <folder>", "where everything is kept (default: $CINEDEEPMATCH_DATA_DIR or ./.data)")
    .option("--replace", "replace what the stores hold; users that they know to have been erased stay so");
  inContext(command, context)
    .addHelpText("after", HELP)
    .action((file: string, flags: RestoreFlags) => runAction(context, () => restore(file, flags, context)));
}

async function restore(file: string, flags: RestoreFlags, { env, stdout, stderr }: CommandContext): Promise<undefined> {
  const config = readConfig({ ...env, ...(flags.dataDir && { CINEDEEPMATCH_DATA_DIR: flags.dataDir }) });
  await withStores(config, async (stores, texts) => {
    const replace = flags.replace === true;
    const restored = await restoreBackup({
      ...stores,
      path: resolve(file),
      textDigest: (movie) => texts.digestOf(movie),
      replace,
    });
    const { createTime, movieCount, tableRows, fileCount, missingFiles } = restored;
    const rows = [...tableRows].flatMap(([name, count]) => (count > 0 ? [`${count} in ${name}`] : []));
    const files = `${fileCount} model files`;
    stdout.write(
      `Restored what was there at ${createTime}: ${movieCount} movies; ${files}; rows: ${rows.join(", ") || "none"}.\n`,
    );
    if (missingFiles.length === 0) return;
    stderr.write(`${missingFiles.length} files of registered models are not in the backup: put them into MODEL_DIR.\n`);
  });
}
