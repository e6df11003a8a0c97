import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import type { CatalogStore } from "../../matching/catalog-store.js";
import { createPostgresActivityStore } from "../postgres/postgres-activity-store.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { runSource } from "../testing/run-source.js";
import { TemporaryMongo } from "../testing/temporary-mongo.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { createMongoCatalogStore } from "./mongo-catalog-store.js";

const ROWS = 20;
const KILLS = 6;

needsServer("TEST_MONGODB_URL", (mongodbUrl) =>
  needsServer("TEST_DATABASE_URL", (databaseUrl) => {
    const mongo = new TemporaryMongo(mongodbUrl);
    const postgres = new TemporaryPostgres(databaseUrl);
    afterAll(() => Promise.all([mongo.remove(), postgres.remove()]));

    test("nothing that was acknowledged is lost when the process is killed, and no batch is half there", async () => {
      await postgres.make();
      const movies = new Set<string>();
      const events = new Set<string>();
      for (let kill = 0; kill < KILLS; kill++) {
        const writer = runSource("./write-to-servers-until-killed.ts", mongo.url, postgres.url);
        expect(await writer.nextLine()).toBeDefined();
        await sleep(Math.random() * 400);
        await writer.kill();
        for (const line of writer.lines) {
          const [kind, batch] = line.split(" ");
          if (kind === "event") events.add(`e${batch}`);
          else for (let index = 0; index < ROWS; index++) movies.add(`b${batch}-${index}`);
        }
      }
      console.log(`${KILLS} kills: ${movies.size} movies and ${events.size} events acknowledged, none lost`);
      await checkCatalog(
        createMongoCatalogStore({ mongo: await mongo.open(), textDigest: ({ title }) => title }),
        movies,
      );
      await mongo.close();
      const { db, close } = await postgres.open();
      const recorded = await createPostgresActivityStore({ db }).recentEvents("t", "u", 1_000_000);
      const ids = new Set(recorded.map(({ id }) => id));
      expect([...events].filter((id) => !ids.has(id))).toEqual([]);
      expect(ids.size).toBe(recorded.length);
      await close();
    }, 120_000);
  }),
);

async function checkCatalog(catalog: CatalogStore, movies: ReadonlySet<string>): Promise<void> {
  // What the last one killed had committed is completed by the next write.
  await catalog.deleteMovie("t", "none", "");
  expect(await catalog.missingIds("t", [...movies])).toEqual([]);
  const progress = await catalog.getImport("t", "import");
  const { movieCount, personCount } = await catalog.status("t", "m");
  const changes = await catalog.changesAfter("t", 0n, "m", 1_000_000);
  expect(movieCount).toBe(progress?.committedRow);
  expect(progress?.createdCount).toBe(progress?.committedRow);
  expect(changes.changes.filter(({ movie }) => movie !== undefined)).toHaveLength(movieCount);
  const people = await catalog.listPeople("t", { nameQuery: "", cursor: undefined, limit: 1_000_000 });
  expect(people.items).toHaveLength(personCount);
  expect(people.items.reduce((sum, person) => sum + person.creditCount, 0)).toBe(movieCount * 2);
}
