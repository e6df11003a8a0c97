import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBullmqPool } from "../stores/embedded/bullmq-pool.js";
import { openDataDirectory } from "../stores/embedded/data-directory.js";
import { openDatabase } from "../stores/embedded/open-database.js";
import { createEmbeddedBackend } from "./embedded-backend.js";
import { describeMatchQueue } from "./match-queue.suite.js";

describeMatchQueue("the embedded database", async () => {
  const path = await mkdtemp(join(tmpdir(), "cinedeepmatch-queue-"));
  const directory = await openDataDirectory(path);
  const database = await openDatabase(directory);
  const backend = createEmbeddedBackend(await createBullmqPool(database.connection));
  return Object.assign(backend, {
    async [Symbol.asyncDispose]() {
      await database.close();
      await directory.close();
      await rm(path, { recursive: true });
    },
  });
});
