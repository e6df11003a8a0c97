import { createMongoCatalogStore } from "../mongo/mongo-catalog-store.js";
import { openMongo } from "../mongo/open-mongo.js";
import { openPostgres } from "../postgres/open-postgres.js";
import { createPostgresActivityStore } from "../postgres/postgres-activity-store.js";
import { writeBatches } from "./write-batches.js";

// Writes movies to the MongoDB database and events to the PostgreSQL database that are the arguments.
const log = { warn: () => {} };
const mongo = await openMongo({ url: process.argv[2] ?? "", log });
const { db } = await openPostgres({ url: process.argv[3] ?? "", log });
const catalog = createMongoCatalogStore({ mongo, textDigest: (movie) => movie.title });
const activity = createPostgresActivityStore({ db });

await writeBatches({ catalog, activity }, 20);
