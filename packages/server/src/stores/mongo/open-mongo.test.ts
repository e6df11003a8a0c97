import { ErrorReason } from "@cinedeepmatch/contract";
import { afterAll, expect, test } from "vitest";
import { FaultyProxy } from "../testing/faulty-proxy.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { sampleMovie } from "../testing/sample-movies.js";
import { TemporaryMongo } from "../testing/temporary-mongo.js";
import { createMongoCatalogStore } from "./mongo-catalog-store.js";
import { openMongo } from "./open-mongo.js";

const log = { warn: () => {} };
const textDigest = ({ title }: { title: string }) => title;

needsServer("TEST_MONGODB_URL", (server) => {
  const database = new TemporaryMongo(server);
  afterAll(() => database.remove());

  test("servers that start together make one schema, and starting again changes nothing", async () => {
    const opened = await Promise.all(Array.from({ length: 3 }, () => openMongo({ url: database.url, log })));
    opened.push(await openMongo({ url: database.url, log }));
    const indexes = await opened[0]?.collections.movies.indexes();
    expect(indexes?.map(({ name }) => name).sort()).toEqual([
      "_id_",
      "by_id",
      "by_rating",
      "by_revision",
      "by_term",
      "by_title",
      "by_year",
    ]);
    for (const { close } of opened) await close();
  });

  test.each(["cut", "freeze"] as const)("calls fail within 2 s of a %s, and succeed soon after", async (fault) => {
    const unavailable = expect.objectContaining({ reason: ErrorReason.STORE_UNAVAILABLE });
    const elapsed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };
    const { proxy, url } = await FaultyProxy.open(database.url);
    const mongo = await openMongo({ url, log });
    const store = createMongoCatalogStore({ mongo, textDigest });
    const read = () => store.getMovies("t", ["a"]);
    const write = () => store.upsertMovies("t", [sampleMovie("a")]);
    await Promise.all([read(), write()]);
    proxy[fault]();
    const calls = Array.from({ length: 30 }, (_, index) =>
      elapsed(() => expect(index % 2 === 0 ? read() : write()).rejects.toEqual(unavailable)),
    );
    for (const took of await Promise.all(calls)) expect(took).toBeLessThan(2_000);
    expect(await elapsed(() => expect(read()).rejects.toEqual(unavailable))).toBeLessThan(2_000);
    proxy.heal();
    const works = (call: () => Promise<unknown>) => () =>
      call().then(
        () => true,
        () => false,
      );
    const recovery = await elapsed(async () => {
      await expect.poll(works(read), { timeout: 10_000 }).toBe(true);
      await expect.poll(works(write), { timeout: 10_000 }).toBe(true);
    });
    console.log(`recovered ${recovery.toFixed(0)} ms after a "${fault}"`);
    expect(recovery).toBeLessThan(10_000);
    await mongo.close();
    await proxy.close();
  });
});
