import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryDatabase } from "../testing/temporary-database.js";
import { maintain } from "./maintain-database.js";
import type { EmbeddedDatabase } from "./open-database.js";

const temporary = new TemporaryDatabase();
let database: EmbeddedDatabase;

beforeAll(async () => {
  database = await temporary.open();
});

afterAll(async () => {
  await temporary.close();
  await temporary.remove();
});

test("a long sequence of queries and transactions leaves the event loop its turns", async () => {
  let turns = 0;
  const counter = setInterval(() => {
    turns += 1;
  }, 0);
  // As many as it takes on a fast machine; were there no turns, none of them would be counted.
  for (let index = 0; index < 5_000 && turns < 20; index++) {
    await database.db.selectFrom("tenants").selectAll().execute();
    await database.db.transaction().execute((transaction) => transaction.selectFrom("tenants").selectAll().execute());
  }
  clearInterval(counter);
  expect(turns).toBeGreaterThanOrEqual(20);
});

test("dead rows are removed and the log is cut off", async () => {
  const { db, connection } = database;
  const event = { tenant: "t", user_id: "u", type: 1, movie_id: "m", doc: Buffer.alloc(20_000, "x") };
  for (let index = 0; index < 700; index++) {
    await db
      .insertInto("events")
      .values({ ...event, id: `${index}`, sequence: BigInt(index) })
      .execute();
  }
  await db.updateTable("events").set({ type: 2 }).execute();
  await maintain(connection);
  await maintain(connection);
  const { rows } = await sql<{ n_dead_tup: bigint }>`
    select n_dead_tup from pg_stat_user_tables where relname = 'events'`.execute(db);
  expect(rows).toEqual([{ n_dead_tup: 0n }]);
});

test("queries after closing are refused, not left waiting", async () => {
  const other = new TemporaryDatabase();
  const { db } = await other.open();
  const before = db.selectFrom("tenants").selectAll().execute();
  await other.close();
  await expect(before).resolves.toEqual([]);
  await expect(db.selectFrom("tenants").selectAll().execute()).rejects.toThrow();
  await expect(db.transaction().execute(async () => {})).rejects.toThrow();
  await other.remove();
});
