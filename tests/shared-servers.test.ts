import { readdir } from "node:fs/promises";
import { createClient, EventType, type NodeClient } from "@cinedeepmatch/sdk-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needsServer } from "../packages/server/src/stores/testing/needs-server.test.support.js";
import { TemporaryMongo } from "../packages/server/src/stores/testing/temporary-mongo.js";
import { TemporaryPostgres } from "../packages/server/src/stores/testing/temporary-postgres.js";
import { type SpawnedServer, startServer } from "./spawn-server.js";

needsServer("TEST_DATABASE_URL", (databaseUrl) =>
  needsServer("TEST_MONGODB_URL", (mongodbUrl) =>
    needsServer("TEST_REDIS_URL", (redisUrl) => {
      describe("two gRPC servers on the same PostgreSQL, MongoDB and Redis", () => {
        const postgres = new TemporaryPostgres(databaseUrl);
        const mongo = new TemporaryMongo(mongodbUrl);
        const servers: SpawnedServer[] = [];
        let one: NodeClient;
        let other: NodeClient;

        beforeAll(async () => {
          await postgres.make();
          const redis = new URL("/6", redisUrl).href;
          const env = { DATABASE_URL: postgres.url, MONGODB_URL: mongo.url, REDIS_URL: redis };
          const first = await startServer({ env });
          // The keys are there, and nothing else that a server would have for itself.
          const second = await startServer({ env, dataDirectory: first.dataDirectory });
          servers.push(second, first);
          [one, other] = [first, second].map(({ grpcUrl, token }) =>
            createClient({ baseUrl: grpcUrl, token, protocol: "grpc" }),
          ) as [NodeClient, NodeClient];
        }, 120_000);
        afterAll(async () => {
          for (const server of servers) expect(await server.stop()).toBe(0);
          await Promise.all([postgres.remove(), mongo.remove()]);
        }, 60_000);

        test("what one has written the other reads, changes and deletes", async () => {
          const movie = await one.catalog.createMovie({ movie: { id: "a", title: "The Shared" } });
          expect(await other.catalog.getMovie({ id: "a" })).toMatchObject({ etag: movie.etag });
          const changed = await other.catalog.updateMovie({ movie: { ...movie, title: "The Changed" } });
          await expect(one.catalog.updateMovie({ movie })).rejects.toMatchObject({ reason: "ETAG_MISMATCH" });
          await one.catalog.deleteMovie({ id: "a", etag: changed.etag });
          await expect(other.catalog.getMovie({ id: "a" })).rejects.toMatchObject({ reason: "MOVIE_NOT_FOUND" });
        });

        test("writes to both at the same time all take place, and once", async () => {
          await Promise.all(
            [one, other].flatMap((client, at) =>
              Array.from({ length: 15 }, (_, index) =>
                client.catalog.batchUpsertMovies({
                  movies: [
                    { id: "shared", title: "Shared", credits: [{ displayName: `Person ${index}` }] },
                    { id: `m-${at}-${index}`, title: "Its own", credits: [{ displayName: "Everybody" }] },
                  ],
                }),
              ),
            ),
          );
          for (const client of [one, other]) {
            expect(await client.catalog.getStatus({})).toMatchObject({ movieCount: 31n, personCount: 2n });
          }
          expect(await one.people.get({ id: "everybody" })).toMatchObject({ creditCount: 30 });
        });

        test("an event that both are sent at the same time counts once", async () => {
          const events = [{ id: "e", userId: "u", movieId: "shared", type: EventType.LIKED }];
          const counts = await Promise.all([one, other, one, other].map((client) => client.activity.record(events)));
          expect(counts.reduce((sum, { recordedCount }) => sum + recordedCount, 0)).toBe(1);
          expect(await other.activity.listEvents({ userId: "u" }).toArray({ limit: 10 })).toHaveLength(1);
        });

        test("no embedded database is opened", async () => {
          const files = await readdir(servers[0]?.dataDirectory ?? "");
          expect(files.sort()).toEqual(["keys", "token"]);
        });
      });
    }),
  ),
);
