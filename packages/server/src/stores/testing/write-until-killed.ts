import { writeSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { EventSchema, EventType, ImportMode } from "@cinedeepmatch/contract";
import { openDataDirectory } from "../embedded/data-directory.js";
import { createEmbeddedActivityStore } from "../embedded/embedded-activity-store.js";
import { createEmbeddedCatalogStore } from "../embedded/embedded-catalog-store.js";
import { openDatabase } from "../embedded/open-database.js";
import { actors, sampleMovie } from "./sample-movies.js";

// Writes batches of movies and events to the data directory that is the argument, and a line for each that is
// acknowledged: the number of the batch. Goes on from where an earlier run was killed.
const ROWS = 40;
const directory = await openDataDirectory(process.argv[2] ?? "");
const { db } = await openDatabase(directory);
const catalog = createEmbeddedCatalogStore({ db, textDigest: (movie) => movie.title });
const activity = createEmbeddedActivityStore({ db });

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
