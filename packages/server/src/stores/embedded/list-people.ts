import { create } from "@bufbuild/protobuf";
import { type Person, type PersonCredit, PersonSchema } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import type { CursorQuery, Page, PersonListQuery } from "../../matching/catalog-store.js";
import { decodeCursor, pageOf } from "../cursor.js";
import { creditPage, decodeCreditCursor } from "../person-credits.js";
import { storableIds } from "../storable-ids.js";
import { movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";
import { personTermQuery, wordPrefixQuery } from "./term-query.js";

const PERSON_COLUMNS = ["id", "display_name", "credit_count"] as const;

/** The people with these ids. */
export async function getPeople(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  ids: readonly string[],
): Promise<Map<string, Person>> {
  const rows = await db
    .selectFrom("people")
    .select(PERSON_COLUMNS)
    .where("tenant", "=", tenant)
    .where(sql<boolean>`id = any(${storableIds(ids)})`)
    .execute();
  return new Map(rows.map((row) => [row.id, personOf(row)]));
}

/** A page of people, those with the most credits first. */
export async function listPeople(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  query: PersonListQuery,
): Promise<Page<Person>> {
  let select = db
    .selectFrom("people")
    .select(PERSON_COLUMNS)
    .where("tenant", "=", tenant)
    .orderBy("credit_count", "desc")
    .orderBy("id")
    .limit(query.limit + 1);
  const words = wordPrefixQuery(query.nameQuery);
  if (words !== undefined) select = select.where(sql<boolean>`terms @@ ${words}::tsquery`);
  const after = decodeCursor(query.cursor, ["number", "string"]);
  if (after !== undefined) {
    const [count, id] = after;
    select = select.where(({ and, eb, or }) =>
      or([eb("credit_count", "<", count), and([eb("credit_count", "=", count), eb("id", ">", id)])]),
    );
  }
  return pageOf(await select.execute(), query.limit, (row) => [row.credit_count, row.id], personOf);
}

/** A page of a person's credits, newest movie first. */
export async function listPersonCredits(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  personId: string,
  query: CursorQuery,
): Promise<Page<PersonCredit>> {
  let select = db
    .selectFrom("movies")
    .select("doc")
    .where("tenant", "=", tenant)
    .where(sql<boolean>`terms @@ ${personTermQuery(personId)}::tsquery`)
    .orderBy("release_year", "desc")
    .orderBy("id")
    // Each movie has at least one of the person's credits.
    .limit(query.limit + 1);
  const after = decodeCreditCursor(query.cursor);
  if (after !== undefined) {
    const { year, movieId } = after;
    select = select.where(({ and, eb, or }) =>
      or([eb("release_year", "<", year), and([eb("release_year", "=", year), eb("id", ">=", movieId)])]),
    );
  }
  return creditPage(personId, (await select.execute()).map(movieOf), after, query.limit);
}

function personOf(row: { readonly id: string; readonly display_name: string; readonly credit_count: number }): Person {
  return create(PersonSchema, { id: row.id, displayName: row.display_name, creditCount: row.credit_count });
}
