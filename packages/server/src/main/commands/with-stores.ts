import { pino } from "pino";
import { BackupError } from "../../backup/backup-error.js";
import type { MovieTexts } from "../../matching/movie-texts.js";
import { ServiceError } from "../../matching/service-error.js";
import { DirectoryInUseError } from "../../stores/embedded/directory-lock.js";
import type { Config } from "../config.js";
import { openMovieTexts } from "../open-movie-texts.js";
import { type OpenStores, openStores } from "../open-stores.js";
import { CommandError } from "./command-context.js";

/** Nobody waits for these statements but whoever gave the command. */
const STATEMENT_MS = 10 * 60_000;

/** Opens the stores without a server, and turns what goes wrong into what the user can do about it. */
export async function withStores(
  config: Config,
  use: (stores: OpenStores, texts: MovieTexts) => Promise<void>,
): Promise<void> {
  try {
    const texts = await openMovieTexts(config);
    const log = pino({ level: "warn" }, pino.destination({ fd: 2, sync: true }));
    // Pruning is the servers' business.
    const quiet = { ...config, activityRetentionDays: undefined };
    const stores = await openStores(quiet, texts, log, { statementTimeoutMs: STATEMENT_MS });
    try {
      await use(stores, texts);
    } finally {
      await stores.close();
    }
  } catch (error) {
    if (error instanceof BackupError || error instanceof ServiceError) throw new CommandError(error.message);
    if (error instanceof DirectoryInUseError) {
      throw new CommandError(`${error.message} A running server is backed up without --offline.`);
    }
    throw error;
  }
}
