import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ThreadedDatabase } from "./threaded-database.js";

let path: string;
let database: ThreadedDatabase;

beforeAll(async () => {
  path = await mkdtemp(join(tmpdir(), "cinedeepmatch-thread-"));
  database = await ThreadedDatabase.open(join(path, "postgres"), []);
  await database.script("create table things (id text primary key, bytes bytea, number int8)");
});

afterAll(async () => {
  await database.close();
  await rm(path, { recursive: true, force: true });
});

test("bytes come back as they were, be they a part of a larger memory", async () => {
  const large = Buffer.from("before, the bytes, after");
  const part = large.subarray(8, 17);
  await database.query("insert into things (id, bytes) values ('part', $1), ('none', null)", [part]);
  const { rows } = await database.query("select bytes from things where id in ('part', 'none') order by id desc");
  expect(rows).toEqual([{ bytes: Buffer.from("the bytes") }, { bytes: null }]);
  expect(large.toString()).toBe("before, the bytes, after");
});

test("64-bit integers are exact where that is asked for", async () => {
  await database.query("insert into things (id, number) values ('large', $1)", [9_007_199_254_740_993n]);
  const { rows } = await database.query("select number from things where id = 'large'", [], "exact");
  expect(rows).toEqual([{ number: 9_007_199_254_740_993n }]);
});

test("an error says what PostgreSQL said", async () => {
  await database.query("insert into things (id) values ('twice')");
  const error = await database.query("insert into things (id) values ('twice')").catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({
    code: "23505",
    constraint: "things_pkey",
    message: expect.stringContaining("duplicate"),
  });
});

test("a transaction whose callback rejects has done nothing, and its error is the callback's", async () => {
  const failing = database.transaction(async (transaction) => {
    await transaction.query("insert into things (id) values ('undone')");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  const undone = await database.transaction(async (transaction) => {
    await transaction.query("insert into things (id) values ('undone')");
    await transaction.rollback();
    return transaction;
  });
  expect((await database.query("select id from things where id = 'undone'")).rows).toEqual([]);
  await expect(undone.query("select 1")).rejects.toThrow("has ended");
});

test("the thread that asks has its turns while a statement takes long", async () => {
  let turns = 0;
  const counter = setInterval(() => turns++, 1);
  await database.query("select count(*) from generate_series(1, 3000000)");
  clearInterval(counter);
  expect(turns).toBeGreaterThan(5);
});

test("what was asked before it was closed is answered, what is asked afterwards refused", async () => {
  const other = await ThreadedDatabase.open(join(path, "other"), []);
  const before = other.query("select 1 as one");
  await Promise.all([other.close(), other.close()]);
  expect((await before).rows).toEqual([{ one: 1 }]);
  await expect(other.query("select 1")).rejects.toThrow("closed");
  await expect(other.transaction(async () => {})).rejects.toThrow("closed");
});

test("a folder that holds something else is refused, with the reason", async () => {
  await expect(ThreadedDatabase.open("/dev/null/database", [])).rejects.toThrow(/ENOTDIR|not a directory/i);
});
