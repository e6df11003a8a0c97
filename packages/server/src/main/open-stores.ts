import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Movie } from "@cinedeepmatch/contract";
import type { Kysely } from "kysely";
import type { Logger } from "pino";
import type { AccountStore } from "../accounts/account-store.js";
import type { ActivityStore } from "../matching/activity-store.js";
import type { CatalogStore } from "../matching/catalog-store.js";
import type { Leases } from "../matching/leases.js";
import type { MatchJobStore } from "../matching/match-job-store.js";
import type { MovieTexts } from "../matching/movie-texts.js";
import type { TableStore } from "../matching/table-store.js";
import type { ModelFiles } from "../registry/model-files.js";
import type { ModelStore } from "../registry/model-store.js";
import { openDataDirectory } from "../stores/embedded/data-directory.js";
import { createEmbeddedAccountStore } from "../stores/embedded/embedded-account-store.js";
import { createEmbeddedActivityStore } from "../stores/embedded/embedded-activity-store.js";
import { createEmbeddedCatalogStore } from "../stores/embedded/embedded-catalog-store.js";
import { createEmbeddedMatchJobStore } from "../stores/embedded/embedded-match-job-store.js";
import { createEmbeddedModelStore } from "../stores/embedded/embedded-model-store.js";
import { createEmbeddedTableStore } from "../stores/embedded/embedded-table-store.js";
import { type EmbeddedDatabase, openDatabase } from "../stores/embedded/open-database.js";
import { createDiskModelFiles } from "../stores/model-files/disk-model-files.js";
import { createMongoCatalogStore } from "../stores/mongo/mongo-catalog-store.js";
import { openMongo } from "../stores/mongo/open-mongo.js";
import { type OpenPostgresOptions, openPostgres } from "../stores/postgres/open-postgres.js";
import { createPostgresAccountStore } from "../stores/postgres/postgres-account-store.js";
import { createPostgresActivityStore } from "../stores/postgres/postgres-activity-store.js";
import { createPostgresMatchJobStore } from "../stores/postgres/postgres-match-job-store.js";
import { createPostgresModelStore } from "../stores/postgres/postgres-model-store.js";
import { createPostgresTableStore } from "../stores/postgres/postgres-table-store.js";
import type { ActivityTables } from "../stores/sql/activity-tables.js";
import { createSqlLeases } from "../stores/sql/sql-leases.js";
import type { Config } from "./config.js";
import { startPruning } from "./prune-activity.js";
import { type Closable, Teardown } from "./teardown.js";

/** Everything that the gRPC server keeps. */
export interface OpenStores extends Closable {
  readonly catalog: CatalogStore;
  readonly activity: ActivityStore;
  readonly accounts: AccountStore;
  readonly jobs: MatchJobStore;
  /** Where accounts and activity are, as a whole. */
  readonly tables: TableStore;
  /** Where servers that share these stores agree; undefined when there is only one. */
  readonly leases: Leases | undefined;
  readonly models: ModelStore;
  readonly modelFiles: ModelFiles;
  /** The data directory, which has at least the keys. */
  readonly directory: string;
  /** Undefined when real servers keep everything, and then several gRPC servers may share a data directory. */
  readonly embedded: EmbeddedDatabase | undefined;
}

type TextDigest = (movie: Movie) => string;

/** Opens the stores: on the servers that are configured, and in the embedded database what has none. */
export async function openStores(
  config: Config,
  texts: MovieTexts,
  log: Logger,
  patience: { statementTimeoutMs?: number } = {},
): Promise<OpenStores> {
  const { databaseUrl, mongodbUrl, redisUrl } = config;
  const teardown = new Teardown();
  const textDigest: TextDigest = (movie) => texts.digestOf(movie);
  try {
    if (databaseUrl !== undefined && mongodbUrl !== undefined && redisUrl !== undefined) {
      const usersStores = await openPostgresStores({ ...patience, url: databaseUrl, log }, config, teardown);
      const catalog = await openMongoCatalog(mongodbUrl, textDigest, teardown, log);
      const directory = await makeDirectory(config.dataDirectory);
      const modelFiles = openModelFiles(directory, config);
      return { ...usersStores, catalog, modelFiles, directory, embedded: undefined, close: () => teardown.close() };
    }
    const directory = teardown.add(await openDataDirectory(config.dataDirectory));
    const embedded = teardown.add(await openDatabase(directory));
    const { db } = embedded;
    const usersStores =
      databaseUrl === undefined
        ? embeddedStores(embedded, config, teardown, log)
        : await openPostgresStores({ ...patience, url: databaseUrl, log }, config, teardown);
    const catalog =
      mongodbUrl === undefined
        ? createEmbeddedCatalogStore({ db, textDigest })
        : await openMongoCatalog(mongodbUrl, textDigest, teardown, log);
    const { path } = directory;
    const modelFiles = openModelFiles(path, config);
    return { ...usersStores, catalog, modelFiles, directory: path, embedded, close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}

function embeddedStores({ db }: EmbeddedDatabase, config: Config, teardown: Teardown, log: Logger) {
  prune(db, config, teardown, log);
  return {
    activity: createEmbeddedActivityStore({ db }),
    accounts: createEmbeddedAccountStore({ db }),
    jobs: createEmbeddedMatchJobStore({ db }),
    models: createEmbeddedModelStore({ db }),
    tables: createEmbeddedTableStore({ db }),
    leases: undefined,
  };
}

async function openPostgresStores(options: OpenPostgresOptions & { log: Logger }, config: Config, teardown: Teardown) {
  const { db } = teardown.add(await openPostgres(options));
  prune(db, config, teardown, options.log);
  return {
    activity: createPostgresActivityStore({ db }),
    accounts: createPostgresAccountStore({ db }),
    jobs: createPostgresMatchJobStore({ db }),
    models: createPostgresModelStore({ db }),
    tables: createPostgresTableStore({ db }),
    leases: createSqlLeases(db),
  };
}

async function openMongoCatalog(
  url: string,
  textDigest: TextDigest,
  teardown: Teardown,
  log: Logger,
): Promise<CatalogStore> {
  const mongo = teardown.add(await openMongo({ url, log }));
  return createMongoCatalogStore({ mongo, textDigest });
}

function openModelFiles(directory: string, { modelDirectory }: Config): ModelFiles {
  return createDiskModelFiles(modelDirectory ?? join(directory, "models"));
}

function prune(db: Kysely<ActivityTables>, { activityRetentionDays }: Config, teardown: Teardown, log: Logger): void {
  if (activityRetentionDays !== undefined) teardown.add(startPruning(db, activityRetentionDays, log));
}

async function makeDirectory(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return realpath(path);
}
