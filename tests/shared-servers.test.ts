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
        let urls: string[] = [];
        const encodedBy = async ({ opsUrl }: SpawnedServer) => {
          const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
          return Number(/^cinedeepmatch_movies_encoded_total (\d+)/m.exec(metrics)?.[1] ?? 0);
        };
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
          urls = [first.grpcUrl, second.grpcUrl];
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

        test("each movie is encoded once, by one of them, and by the other once that is gone", async () => {
          const add = async (name: string, count: number) => {
            const movies = Array.from({ length: count }, (_, index) => ({
              id: `${name}-${index}`,
              title: `${name} ${index}`,
            }));
            await other.catalog.batchUpsertMovies({ movies });
          };
          const everythingIsEncoded = async () => {
            const { movieCount, encodedCount } = await other.catalog.getStatus({});
            return movieCount === encodedCount;
          };
          await expect.poll(everythingIsEncoded, { timeout: 60_000 }).toBe(true);
          // The last batch is counted a moment after its vectors are there.
          await new Promise((resolve) => setTimeout(resolve, 1_000));
          const before = await Promise.all(servers.map(encodedBy));
          const since = async () => (await Promise.all(servers.map(encodedBy))).map((n, at) => n - (before[at] ?? 0));
          await add("one", 150);
          await expect.poll(async () => (await since()).sort(), { timeout: 60_000 }).toEqual([0, 150]);
          expect(await everythingIsEncoded()).toBe(true);

          const encoded = await since();
          const leader = encoded.indexOf(150);
          // Of the two clients, the one to the server that stays.
          if (servers[leader]?.grpcUrl === urls[1]) other = one;
          await servers.splice(leader, 1)[0]?.kill();
          await add("two", 10);
          await expect.poll(everythingIsEncoded, { timeout: 60_000 }).toBe(true);
        }, 180_000);

        test("no embedded database is opened", async () => {
          const files = await readdir(servers[0]?.dataDirectory ?? "");
          expect(files.sort()).toEqual(["keys", "token"]);
        });
      });
    }),
  ),
);
