import { type Db, MongoClient } from "mongodb";
import { awaitServer } from "../await-server.js";
import { ensureCatalogSchema } from "./catalog-schema.js";
import type { CatalogCollections } from "./documents.js";
import { FailingFast } from "./failing-fast.js";
import { reviveClient } from "./revive-client.js";
import { readServerTraits, type ServerTraits } from "./server-traits.js";

/** How a MongoDB database is opened. */
export interface OpenMongoOptions {
  /** `mongodb://user:password@host:27017/database`; the database is `cinedeepmatch` unless named. `?tls=true` for TLS. */
  readonly url: string;
  /** How many connections there may be; 20 unless given. */
  readonly poolSize?: number;
  /** What to take the server for, instead of asking it. */
  readonly traits?: ServerTraits;
  readonly log: { warn(fields: object, message: string): void };
}

/** An open MongoDB database. */
export interface OpenMongo {
  readonly db: Db;
  readonly collections: CatalogCollections;
  readonly traits: ServerTraits;
  readonly failingFast: FailingFast;
  close(): Promise<void>;
}

const DATABASE = "cinedeepmatch";
const CONNECT_MS = 1_500;
const HEARTBEAT_MS = 10_000;

/**
 * Opens a MongoDB database (server 6 or later, standalone or replica set) and brings its collections up to date; waits
 * for a server that is starting. The driver reconnects by itself, and where it does not, `reviveClient` makes it.
 */
export async function openMongo(options: OpenMongoOptions): Promise<OpenMongo> {
  const client = new MongoClient(options.url, {
    appName: "cinedeepmatch",
    maxPoolSize: options.poolSize ?? 20,
    // Twice for a read, which the driver repeats once.
    serverSelectionTimeoutMS: 900,
    connectTimeoutMS: CONNECT_MS,
    heartbeatFrequencyMS: HEARTBEAT_MS,
    waitQueueTimeoutMS: 1_500,
    // A large batch on a slow disk takes seconds; whoever only reads does not wait as long, see `FailingFast`.
    socketTimeoutMS: 10_000,
    maxIdleTimeMS: 60_000,
    // What was acknowledged is on the disks of a majority. The URL may not ask for less.
    writeConcern: { w: "majority", journal: true },
    readPreference: "primary",
  });
  const db = client.db(databaseIn(options.url));
  const failingFast = new FailingFast();
  const stopReviving = reviveClient(client, {
    checkMs: 2 * CONNECT_MS,
    awaitedCheckMs: HEARTBEAT_MS + 2 * CONNECT_MS,
    isAway: () => failingFast.isAway,
    log: options.log,
  });
  const close = async () => {
    stopReviving();
    await client.close();
  };
  try {
    const traits = await awaitServer(
      () =>
        failingFast.run(async () => {
          await ensureCatalogSchema(db);
          return options.traits ?? (await readServerTraits(db));
        }),
      options.log,
    );
    return { db, collections: collectionsOf(db), traits, failingFast, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function databaseIn(url: string): string {
  const [, path = ""] = /^mongodb(?:\+srv)?:\/\/[^/]*\/([^?]*)/.exec(url) ?? [];
  return decodeURIComponent(path) || DATABASE;
}

function collectionsOf(db: Db): CatalogCollections {
  return {
    movies: db.collection("movies"),
    people: db.collection("people"),
    externalIds: db.collection("external_ids"),
    imports: db.collection("imports"),
    commits: db.collection("commits"),
    commitParts: db.collection("commit_parts"),
    turns: db.collection("turns"),
  };
}
