import { writeSync } from "node:fs";
import { create } from "@bufbuild/protobuf";
import { EventSchema, EventType, ImportMode } from "@cinedeepmatch/contract";
import type { ActivityStore } from "../../matching/activity-store.js";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { actors, sampleMovie } from "./sample-movies.js";

/**
 * Writes batches of movies and events without end, and a line to standard output for each that is acknowledged: the
 * number of the batch. Goes on from where an earlier run was killed.
 *
 * @param rowCount how many movies a batch has
 */
export async function writeBatches(
  { catalog, activity }: { catalog: CatalogStore; activity: ActivityStore },
  rowCount: number,
): Promise<never> {
  const progress = await catalog.getImport("t", "import");
  for (let batch = (progress?.committedRow ?? 0) / rowCount; ; batch++) {
    const rows = Array.from({ length: rowCount }, (_, index) => ({
      row: batch * rowCount + index + 1,
      movie: sampleMovie(`b${batch}-${index}`, { credits: actors(`Person ${batch % 7}`, `Only ${batch}`) }),
    }));
    const lastRow = (batch + 1) * rowCount;
    const mode = ImportMode.UNSPECIFIED;
    await catalog.importBatch("t", { importId: "import", mode, lastRow, rows, rejectedCount: 0 });
    writeSync(1, `movies ${batch}\n`);
    const event = { userId: "u", movieId: `b${batch}-0`, type: EventType.WATCHED };
    await activity.recordEvents("t", [create(EventSchema, { ...event, id: `e${batch}` })]);
    writeSync(1, `event ${batch}\n`);
  }
}
