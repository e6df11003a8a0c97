import { ErrorReason } from "@cinedeepmatch/contract";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { pruneEvents } from "../sql/prune-events.js";
import { FaultyProxy } from "../testing/faulty-proxy.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { openPostgres } from "./open-postgres.js";

const log = { warn: () => {} };

needsServer("TEST_DATABASE_URL", (server) => {
  const database = new TemporaryPostgres(server);
  const event = { tenant: "t", user_id: "u", type: 1, movie_id: "m", doc: Buffer.from("") };
  afterAll(() => database.remove());

  test("servers that start together migrate once, and starting again changes nothing", async () => {
    await database.make();
    const opened = await Promise.all(Array.from({ length: 4 }, () => openPostgres({ url: database.url, log })));
    opened.push(await openPostgres({ url: database.url, log }));
    const { rows } = await sql<{ name: string }>`
      select name from cinedeepmatch.kysely_migration order by name`.execute(opened[0]?.db ?? expect.fail());
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const { close } of opened) await close();
  });

  test("a server starts on a database that a later release has migrated", async () => {
    const { db } = await database.open();
    await sql`insert into cinedeepmatch.kysely_migration values ('9999-later', now()::text)`.execute(db);
    await database.close();
    const reopened = await database.open();
    await expect(reopened.db.selectFrom("events").selectAll().execute()).resolves.toEqual([]);
    await sql`delete from cinedeepmatch.kysely_migration where name = '9999-later'`.execute(reopened.db);
    await database.close();
  });

  test("the last events of a user are read from an index", async () => {
    const { db } = await database.open();
    await sql`insert into cinedeepmatch.events (tenant, user_id, id, sequence, type, movie_id, doc)
      select 't', 'u' || n % 200, n::text, n, 1, 'm', '' from generate_series(1, 20000) as n`.execute(db);
    await sql`analyze cinedeepmatch.events`.execute(db);
    const { rows } = await sql<{ "QUERY PLAN": string }>`explain select doc from cinedeepmatch.events
      where tenant = 't' and user_id = 'u7' order by sequence desc limit 50`.execute(db);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("events_by_sequence");
    expect(plan).not.toContain("Sort");
    await db.deleteFrom("events").execute();
    await database.close();
  });

  test("events of before an instant are pruned, and no others", async () => {
    const { db } = await database.open();
    const rows = Array.from({ length: 2_500 }, (_, index) => ({ ...event, id: `${index}`, sequence: BigInt(index) }));
    const now = BigInt(Date.now());
    await db
      .insertInto("events")
      .values(rows.map((row, index) => ({ ...row, recorded_at: index < 2_100 ? now - 1_000_000n : now })))
      .execute();
    expect(await pruneEvents(db, Date.now() - 500_000)).toBe(2_100);
    expect(await pruneEvents(db, Date.now() - 500_000)).toBe(0);
    expect(await db.selectFrom("events").select("id").execute()).toHaveLength(400);
    await database.close();
  });

  describe("when the server", () => {
    const unavailable = expect.objectContaining({ reason: ErrorReason.STORE_UNAVAILABLE });
    const elapsed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      await work();
      return performance.now() - began;
    };

    test.each(["cut", "freeze"] as const)(
      "suffers a %s, calls fail within 2 s, and they succeed soon after",
      async (fault) => {
        await database.make();
        const { proxy, url } = await FaultyProxy.open(database.url);
        const { db, close } = await openPostgres({ url, log });
        const read = () => db.selectFrom("events").select("id").limit(1).execute();
        const write = () =>
          db.transaction().execute((transaction) => transaction.selectFrom("events").select("id").execute());
        await Promise.all([read(), write()]);
        proxy[fault]();
        const calls = Array.from({ length: 30 }, (_, index) =>
          elapsed(() => expect(index % 2 === 0 ? read() : write()).rejects.toEqual(unavailable)),
        );
        for (const took of await Promise.all(calls)) expect(took).toBeLessThan(2_000);
        expect(await elapsed(() => expect(read()).rejects.toEqual(unavailable))).toBeLessThan(2_000);
        proxy.heal();
        const recovery = await elapsed(() =>
          expect
            .poll(
              () =>
                read().then(
                  () => true,
                  () => false,
                ),
              { timeout: 5_000 },
            )
            .toBe(true),
        );
        console.log(`recovered ${recovery.toFixed(0)} ms after "${fault}"`);
        await close();
        await proxy.close();
      },
    );

    test("has more calls than it can do in time, those that it does in time succeed", async () => {
      const { db, close } = await openPostgres({ url: database.url, log, poolSize: 2 });
      const calls = await Promise.allSettled(Array.from({ length: 40 }, () => sql`select pg_sleep(0.15)`.execute(db)));
      const reasons = calls.flatMap((call) => (call.status === "rejected" ? [call.reason] : []));
      expect(reasons).not.toEqual([]);
      for (const reason of reasons) expect(reason).toEqual(unavailable);
      expect(calls.length - reasons.length).toBeGreaterThan(12);
      await expect(sql`select 1`.execute(db)).resolves.toBeDefined();
      await close();
    });

    test("takes too long over a statement, the statement is ended", async () => {
      const { db, close } = await openPostgres({ url: database.url, log, statementTimeoutMs: 200 });
      expect(
        await elapsed(() => expect(sql`select pg_sleep(5)`.execute(db)).rejects.toEqual(unavailable)),
      ).toBeLessThan(1_000);
      await expect(sql`select 1`.execute(db)).resolves.toBeDefined();
      await close();
    });
  });
});
