import { openDataDirectory } from "../embedded/data-directory.js";
import { createEmbeddedActivityStore } from "../embedded/embedded-activity-store.js";
import { createEmbeddedCatalogStore } from "../embedded/embedded-catalog-store.js";
import { openDatabase } from "../embedded/open-database.js";
import { writeBatches } from "./write-batches.js";

// Writes to the data directory that is the argument.
const directory = await openDataDirectory(process.argv[2] ?? "");
const { db } = await openDatabase(directory);
const catalog = createEmbeddedCatalogStore({ db, textDigest: (movie) => movie.title });
const activity = createEmbeddedActivityStore({ db });

await writeBatches({ catalog, activity }, 40);
