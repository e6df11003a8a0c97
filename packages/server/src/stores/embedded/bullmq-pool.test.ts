import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPostgresBackend, isPgPool, type PgPool, Queue, QueueEvents, Worker } from "bullmq";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBullmqPool } from "./bullmq-pool.js";
import { type DataDirectory, openDataDirectory } from "./data-directory.js";
import { type EmbeddedDatabase, openDatabase } from "./open-database.js";

let path: string;
let directory: DataDirectory;
let database: EmbeddedDatabase;
let pool: PgPool;

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "cinedeepmatch-queue-"));
  directory = await openDataDirectory(path);
  database = await openDatabase(directory);
  pool = await createBullmqPool(database.connection);
});

afterAll(async () => {
  await pool.end();
  await database.close();
  await directory.close();
  await rm(path, { recursive: true, force: true });
});

test("BullMQ takes it for a pool", () => {
  expect(isPgPool(pool)).toBe(true);
});

test("50 jobs are processed and their results arrive, while transactions of the stores run", async () => {
  const connection = pool as never;
  const factory = createPostgresBackend as never;
  const queue = new Queue("sums", { connection }, factory);
  // Each job that is waited for listens for the queue's end.
  queue.setMaxListeners(0);
  const events = new QueueEvents("sums", { connection }, factory);
  await events.waitUntilReady();
  const worker = new Worker(
    "sums",
    async (job) => job.data.left + job.data.right,
    { connection, concurrency: 8 },
    factory,
  );
  await worker.waitUntilReady();

  let transactions = 0;
  let busy = true;
  const writing = (async () => {
    while (busy) {
      await database.db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto("tenants")
          .values({ tenant: `t${transactions}` })
          .execute();
        await new Promise((resolve) => setTimeout(resolve, 2));
        transactions += 1;
      });
    }
  })();
  const sums = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const job = await queue.add("sum", { left: index, right: 1 }, { priority: 1 });
      return job.waitUntilFinished(events, 10_000);
    }),
  );
  busy = false;
  await writing;
  expect(sums).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(transactions).toBeGreaterThan(0);

  const began = performance.now();
  for (let index = 0; index < 50; index++) {
    await (await queue.add("sum", { left: index, right: 1 }, { priority: 1 })).waitUntilFinished(events, 10_000);
  }
  console.log(`round trip through the embedded queue: ${((performance.now() - began) / 50).toFixed(2)} ms`);

  await worker.close();
  await events.close();
  await queue.close();
});

test("a failed transaction leaves the queue's connection usable", async () => {
  await expect(
    database.db.transaction().execute(async (transaction) => {
      await transaction.insertInto("tenants").values({ tenant: "twice" }).execute();
      await transaction.insertInto("tenants").values({ tenant: "twice" }).execute();
    }),
  ).rejects.toThrow(/duplicate key/);
  await expect(
    pool.query("select count(*)::int as n from cinedeepmatch.tenants where tenant = $1", ["twice"]),
  ).resolves.toMatchObject({
    rows: [{ n: 0 }],
  });
});

test("a statement of the queue waits for the end of a transaction of the stores and is not part of it", async () => {
  let counted: Promise<{ rows: unknown[] }> | undefined;
  const failing = database.db.transaction().execute(async (transaction) => {
    await transaction.insertInto("tenants").values({ tenant: "undone" }).execute();
    counted = pool.query("select count(*)::int as n from cinedeepmatch.tenants where tenant = $1", ["undone"]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    throw new Error("undo");
  });
  await expect(failing).rejects.toThrow("undo");
  expect((await counted)?.rows).toEqual([{ n: 0 }]);
});
