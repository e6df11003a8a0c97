import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { runSource } from "../testing/run-source.js";
import { openDataDirectory } from "./data-directory.js";
import { createEmbeddedActivityStore } from "./embedded-activity-store.js";
import { createEmbeddedCatalogStore } from "./embedded-catalog-store.js";
import { openDatabase } from "./open-database.js";

const ROWS = 40;

test("nothing that was acknowledged is lost when the process is killed, and no batch is half there", async () => {
  const path = await mkdtemp(join(tmpdir(), "cinedeepmatch-kill-"));
  const movies = new Set<string>();
  const events = new Set<string>();
  for (let kill = 0; kill < 5; kill++) {
    const writer = runSource("./write-until-killed.ts", path);
    expect(await writer.nextLine()).toBeDefined();
    const delay = Math.random() * 500;
    await sleep(delay);
    await writer.kill();
    for (const line of writer.lines) {
      const [kind, batch] = line.split(" ");
      if (kind === "event") events.add(`e${batch}`);
      else for (let index = 0; index < ROWS; index++) movies.add(`b${batch}-${index}`);
    }
    console.log(`killed after ${delay.toFixed(0)} ms: ${movies.size} movies, ${events.size} events acknowledged`);
    await checkContent(path, movies, events);
  }
  await rm(path, { recursive: true, force: true });
}, 120_000);

async function checkContent(path: string, movies: ReadonlySet<string>, events: ReadonlySet<string>): Promise<void> {
  const directory = await openDataDirectory(path);
  const database = await openDatabase(directory);
  const catalog = createEmbeddedCatalogStore({ db: database.db, textDigest: (movie) => movie.title });
  const activity = createEmbeddedActivityStore({ db: database.db });
  expect(await catalog.missingIds("t", [...movies])).toEqual([]);
  const recorded = new Set((await activity.recentEvents("t", "u", 1_000_000)).map(({ id }) => id));
  expect([...events].filter((id) => !recorded.has(id))).toEqual([]);

  const progress = await catalog.getImport("t", "import");
  const { movieCount, personCount } = await catalog.status("t", "m");
  const changes = await catalog.changesAfter("t", 0n, "m", 1_000_000);
  expect(movieCount).toBe(progress?.committedRow);
  expect(changes.changes.filter(({ movie }) => movie !== undefined)).toHaveLength(movieCount);
  const people = await catalog.listPeople("t", { nameQuery: "", cursor: undefined, limit: 1_000_000 });
  expect(people.items).toHaveLength(personCount);
  expect(people.items.reduce((sum, person) => sum + person.creditCount, 0)).toBe(movieCount * 2);
  await database.close();
  await directory.close();
}
