import { writeSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { EventSchema, EventType, ImportMode } from "@cinedeepmatch/contract";
import { createMongoCatalogStore } from "../mongo/mongo-catalog-store.js";
import { openMongo } from "../mongo/open-mongo.js";
import { openPostgres } from "../postgres/open-postgres.js";
import { createPostgresActivityStore } from "../postgres/postgres-activity-store.js";
import { actors, sampleMovie } from "./sample-movies.js";

// Writes batches of movies to the MongoDB database and events to the PostgreSQL database that are the arguments, and a
// line for each that is acknowledged: the number of the batch. Goes on from where an earlier run was killed.
const ROWS = 20;
const log = { warn: () => {} };
const mongo = await openMongo({ url: process.argv[2] ?? "", log });
const { db } = await openPostgres({ url: process.argv[3] ?? "", log });
const catalog = createMongoCatalogStore({ mongo, textDigest: (movie) => movie.title });
const activity = createPostgresActivityStore({ db });

const progress = await catalog.getImport("t", "import");
for (let batch = (progress?.committedRow ?? 0) / ROWS; ; batch++) {
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    row: batch * ROWS + index + 1,
    movie: sampleMovie(`b${batch}-${index}`, { credits: actors(`Person ${batch % 7}`, `Only ${batch}`) }),
  }));
  const lastRow = (batch + 1) * ROWS;
  const mode = ImportMode.UNSPECIFIED;
  await catalog.importBatch("t", { importId: "import", mode, lastRow, rows, rejectedCount: 0 });
  writeSync(1, `movies ${batch}\n`);
  const event = { userId: "u", movieId: `b${batch}-0`, type: EventType.WATCHED };
  await activity.recordEvents("t", [create(EventSchema, { ...event, id: `e${batch}` })]);
  writeSync(1, `event ${batch}\n`);
}
