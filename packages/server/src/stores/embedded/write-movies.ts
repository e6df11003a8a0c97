import type { Movie } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import { inSlices } from "../in-slices.js";
import type { MovieWrite } from "../plan-writes.js";
import { movieRow } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";
import { writePeople } from "./write-people.js";

/** So many rows that a statement takes a few tens of milliseconds, during which nothing else runs. */
const ROWS_PER_STATEMENT = 250;

/** Writes movies and everything that is kept in step with them. Call it in a transaction. */
export async function writeMovies(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  writes: readonly MovieWrite[],
  textDigest: (movie: Movie) => string,
): Promise<void> {
  if (writes.length === 0) return;
  const outdated: string[] = [];
  for (const slice of inSlices(writes, ROWS_PER_STATEMENT)) {
    const rows = slice.flatMap(({ after }) => (after === undefined ? [] : [movieRow(after, textDigest(after))]));
    await upsertRows(db, tenant, rows);
    const digests = new Map(rows.map((row) => [row.id, row.text_digest]));
    for (const { id, before } of slice) {
      if (before !== undefined && digests.get(id) !== before.textDigest) outdated.push(id);
    }
  }
  const deleted = writes.filter(({ after }) => after === undefined).map(({ id }) => id);
  if (deleted.length > 0) {
    await sql`delete from cinedeepmatch.movies where tenant = ${tenant} and id = any(${deleted})`.execute(db);
  }
  await replaceExternalIds(db, tenant, writes);
  const personChange = await writePeople(db, tenant, writes);
  await deleteVectors(db, tenant, outdated);
  await bumpRevisions(
    db,
    tenant,
    writes.map(({ id }) => id),
  );
  const created = writes.filter(({ before, after }) => before === undefined && after !== undefined).length;
  await addToCounts(db, tenant, created - deleted.length, personChange);
}

/** Gives movies revisions larger than all before, so that the feed carries them. */
export async function bumpRevisions(db: Kysely<EmbeddedTables>, tenant: string, ids: readonly string[]): Promise<void> {
  await sql`
    insert into cinedeepmatch.movie_changes (tenant, movie_id, revision)
    select ${tenant}, id, nextval('cinedeepmatch.revisions') from unnest(${ids}::text[]) as id
    on conflict (tenant, movie_id) do update set revision = excluded.revision`.execute(db);
}

async function upsertRows(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  rows: readonly ReturnType<typeof movieRow>[],
): Promise<void> {
  await sql`
    insert into cinedeepmatch.movies
      (tenant, id, doc, text_digest, title_key, release_year, runtime_minutes, rating, rating_count, terms)
    select ${tenant}, id, decode(doc, 'base64'), text_digest, title_key, release_year, runtime_minutes, rating,
      rating_count, array_to_tsvector(terms)
    from json_to_recordset(${JSON.stringify(rows)}::json) as r (id text, doc text, text_digest text, title_key text,
      release_year integer, runtime_minutes integer, rating double precision, rating_count bigint, terms text[])
    on conflict (tenant, id) do update set doc = excluded.doc, text_digest = excluded.text_digest,
      title_key = excluded.title_key, release_year = excluded.release_year, runtime_minutes = excluded.runtime_minutes,
      rating = excluded.rating, rating_count = excluded.rating_count, terms = excluded.terms`.execute(db);
}

async function replaceExternalIds(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  writes: readonly MovieWrite[],
): Promise<void> {
  const former = writes.flatMap(({ before }) => before?.movie.externalIds ?? []);
  if (former.length > 0) {
    await sql`
      delete from cinedeepmatch.movie_external_ids held
      using unnest(${former.map(({ source }) => source)}::text[], ${former.map(({ value }) => value)}::text[])
        as former (source, value)
      where held.tenant = ${tenant} and held.source = former.source and held.value = former.value`.execute(db);
  }
  const present = writes.flatMap(({ id, after }) =>
    (after?.externalIds ?? []).map(({ source, value }) => ({ source, value, id })),
  );
  if (present.length > 0) {
    await sql`
      insert into cinedeepmatch.movie_external_ids (tenant, source, value, movie_id)
      select ${tenant}, source, value, id
      from unnest(${present.map(({ source }) => source)}::text[], ${present.map(({ value }) => value)}::text[],
        ${present.map(({ id }) => id)}::text[]) as r (source, value, id)`.execute(db);
  }
}

/** Deletes the vectors of movies that have gone or whose text is another now. */
export async function deleteVectors(db: Kysely<EmbeddedTables>, tenant: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`
    with gone as (
      delete from cinedeepmatch.movie_vectors where tenant = ${tenant} and movie_id = any(${ids}) returning model_version
    )
    update cinedeepmatch.encoded_counts counts set encoded_count = encoded_count - gone_count.count
    from (select model_version, count(*) from gone group by model_version) as gone_count
    where counts.tenant = ${tenant} and counts.model_version = gone_count.model_version`.execute(db);
}

async function addToCounts(db: Kysely<EmbeddedTables>, tenant: string, movies: number, people: number): Promise<void> {
  if (movies === 0 && people === 0) return;
  await sql`
    insert into cinedeepmatch.tenants as counts (tenant, movie_count, person_count)
    values (${tenant}, ${movies}, ${people})
    on conflict (tenant) do update set movie_count = counts.movie_count + excluded.movie_count,
      person_count = counts.person_count + excluded.person_count`.execute(db);
}
