import { type Kysely, sql } from "kysely";
import { creditChanges, type PersonChange } from "../credit-changes.js";
import { foldedWords } from "../fold-text.js";
import { inSlices } from "../in-slices.js";
import type { MovieWrite } from "../plan-writes.js";
import type { EmbeddedTables } from "./schema.js";

const PEOPLE_PER_STATEMENT = 1000;

/**
 * Keeps the people in step with the credits that some writes add and remove.
 *
 * @returns how many people more there are
 */
export async function writePeople(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  writes: readonly MovieWrite[],
): Promise<number> {
  const changes = creditChanges(writes);
  let created = 0;
  for (const slice of inSlices(changes.filter(isCredited), PEOPLE_PER_STATEMENT)) {
    created += await addCredits(db, tenant, slice);
  }
  for (const slice of inSlices(
    changes.filter((change) => !isCredited(change)),
    PEOPLE_PER_STATEMENT,
  )) {
    created -= await removeCredits(db, tenant, slice);
  }
  return created;
}

type CreditedPerson = PersonChange & { readonly displayName: string };

function isCredited(change: PersonChange): change is CreditedPerson {
  return change.displayName !== undefined;
}

async function addCredits(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  people: readonly CreditedPerson[],
): Promise<number> {
  const rows = people.map(({ id, displayName, creditChange }) => ({
    id,
    display_name: displayName.replaceAll("\0", " ").toWellFormed(),
    credit_count: creditChange,
    words: foldedWords(displayName),
  }));
  const { rows: written } = await sql<{ created: boolean }>`
    insert into cinedeepmatch.people as stored (tenant, id, display_name, credit_count, terms)
    select ${tenant}, id, display_name, credit_count, array_to_tsvector(words)
    from json_to_recordset(${JSON.stringify(rows)}::json)
      as r (id text, display_name text, credit_count integer, words text[])
    on conflict (tenant, id) do update set display_name = excluded.display_name,
      credit_count = stored.credit_count + excluded.credit_count, terms = excluded.terms
    returning old.id is null as created`.execute(db);
  return written.filter(({ created }) => created).length;
}

async function removeCredits(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  people: readonly PersonChange[],
): Promise<number> {
  const ids = people.map(({ id }) => id);
  await sql`
    update cinedeepmatch.people person set credit_count = person.credit_count + r.change
    from unnest(${ids}::text[], ${people.map(({ creditChange }) => creditChange)}::integer[]) as r (id, change)
    where person.tenant = ${tenant} and person.id = r.id`.execute(db);
  const { rows } = await sql`
    delete from cinedeepmatch.people where tenant = ${tenant} and id = any(${ids}) and credit_count <= 0
    returning id`.execute(db);
  return rows.length;
}
