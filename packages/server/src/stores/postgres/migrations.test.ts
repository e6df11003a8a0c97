import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { migrate } from "../sql/migrate.js";
import { needsServer } from "../testing/needs-server.test.support.js";
import { TemporaryPostgres } from "../testing/temporary-postgres.js";
import { migrations } from "./migrations.js";

interface Column {
  readonly name: string;
  readonly type: string;
  /** Whether a row may be written by somebody who does not know of it. */
  readonly mayBeLeftOut: boolean;
}

needsServer("TEST_DATABASE_URL", (server) => {
  const database = new TemporaryPostgres(server);
  afterAll(() => database.remove());

  test("each migration only adds: what a server of the release before reads and writes goes on working", async () => {
    await database.make();
    const pool = new pg.Pool({ connectionString: database.url });
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const names = Object.keys(migrations).sort();
    let before = new Map<string, Column>();
    for (const name of names) {
      await migrate(db, Object.fromEntries(Object.entries(migrations).filter(([each]) => each <= name)));
      const after = await columnsOf(db);
      const tables = new Set([...before.keys()].map((key) => key.split(".", 1)[0]));
      for (const [key, { type }] of before) expect(after.get(key)?.type, `${name} changes ${key}`).toBe(type);
      for (const [key, { mayBeLeftOut }] of after) {
        if (before.has(key) || !tables.has(key.split(".", 1)[0])) continue;
        expect(mayBeLeftOut, `${name} adds ${key}, which the release before does not write`).toBe(true);
      }
      expect(after.size, name).toBeGreaterThanOrEqual(before.size);
      before = after;
    }
    expect(before.size).toBeGreaterThan(40);
    await db.destroy();
  });
});

async function columnsOf(db: Kysely<unknown>): Promise<Map<string, Column>> {
  const { rows } = await sql<Column>`
    select table_name || '.' || column_name as name, data_type as type,
      is_nullable = 'YES' or column_default is not null as "mayBeLeftOut"
    from information_schema.columns
    where table_schema = 'cinedeepmatch' and table_name not like 'kysely%'`.execute(db);
  return new Map(rows.map((column) => [column.name, column]));
}
