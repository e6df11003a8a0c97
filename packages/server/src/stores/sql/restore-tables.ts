import { type Kysely, sql } from "kysely";
import { RowHash } from "../../matching/row-hash.js";
import type { TableStep } from "../../matching/table-store.js";
import { applyErasures, type KnownErasure, knownErasures } from "./apply-erasures.js";
import { dumpRows } from "./dump-rows.js";
import { SCHEMA } from "./migrate.js";
import { type ListedTable, listTables } from "./table-list.js";

/** A table with the rows that it has been given. */
interface WrittenTable {
  readonly table: ListedTable;
  readonly hash: RowHash;
}

/** Puts dumped tables in the place of those that are there. Call it in a transaction. */
export async function restoreTables<Tables>(
  db: Kysely<Tables>,
  left: readonly string[],
  steps: AsyncIterable<TableStep>,
): Promise<ReadonlyMap<string, number>> {
  const tables = await listTables(db, left);
  const erasures: readonly KnownErasure[] = await knownErasures(db);
  await sql`truncate ${sql.join(tables.map(({ name }) => sql.table(`${SCHEMA}.${name}`)))}`.execute(db);
  const written: WrittenTable[] = [];
  for await (const step of steps) {
    const present = written.at(-1);
    if (step.kind === "sequences") await raiseSequences(db, step.values);
    else if (step.kind === "table") written.push({ table: findTable(tables, step), hash: new RowHash() });
    else if (present === undefined) throw new Error("The backup has rows before it names their table.");
    else {
      await insertRows(db, present.table, step.rows);
      for (const row of step.rows) present.hash.add(row);
    }
  }
  await compare(db, written);
  await applyErasures(db, tables, erasures);
  return countRows(db, tables);
}

function findTable(tables: readonly ListedTable[], { name, columns }: ListedTable): ListedTable {
  const table = tables.find((each) => each.name === name);
  const unknown = columns.filter((column) => table?.columns.includes(column) !== true);
  if (table !== undefined && unknown.length === 0) return { name, columns };
  const what = table === undefined ? `the table ${name}` : `the columns ${unknown.join(", ")} of ${name}`;
  throw new Error(`The backup was made by a later release: this one does not have ${what}.`);
}

/** Columns that the backup does not know get what the database gives them by default. */
async function insertRows<Tables>(db: Kysely<Tables>, table: ListedTable, rows: readonly string[]): Promise<void> {
  const target = sql.table(`${SCHEMA}.${table.name}`);
  const columns = sql.join(table.columns.map((column) => sql.id(column)));
  await sql`insert into ${target} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${target}, ${`[${rows.join()}]`}::text::jsonb)`.execute(db);
}

async function raiseSequences<Tables>(db: Kysely<Tables>, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(values)) {
    const sequence = sql.table(`${SCHEMA}.${name}`);
    await sql`select setval(${`${SCHEMA}.${name}`}::text::regclass, greatest(last_value, ${value}::text::bigint))
      from ${sequence}`.execute(db);
  }
}

/** What the backup does not know stays out of the comparison: a later release's columns, and its tables. */
async function compare<Tables>(db: Kysely<Tables>, written: readonly WrittenTable[]): Promise<void> {
  for (const { table, hash } of written) {
    const found = new RowHash();
    for await (const { rows } of dumpRows(db, table)) for (const row of rows) found.add(row);
    if (String(found) !== String(hash)) throw differs(table.name);
  }
}

function differs(name: string): Error {
  return new Error(`The restored table ${name} is not what the backup holds; nothing was restored.`);
}

async function countRows<Tables>(db: Kysely<Tables>, tables: readonly ListedTable[]): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const { name } of tables) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::float8 as count from ${sql.table(`${SCHEMA}.${name}`)}`.execute(db);
    counts.set(name, rows[0]?.count ?? 0);
  }
  return counts;
}
