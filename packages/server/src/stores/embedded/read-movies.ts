import type { Movie } from "@cinedeepmatch/contract";
import { type Kysely, sql } from "kysely";
import { inSlices } from "../in-slices.js";
import { externalIdKey } from "../merge-movies.js";
import { unstorableKey } from "../movie-draft.js";
import type { StoredMovie, WriteContext } from "../plan-writes.js";
import { storableIds } from "../storable-ids.js";
import { movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";

const MOVIES_PER_STATEMENT = 250;

/** The movies with these ids and their digests. */
export async function readMovies(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  ids: readonly string[],
): Promise<Map<string, StoredMovie>> {
  const movies = new Map<string, StoredMovie>();
  for (const slice of inSlices([...new Set(storableIds(ids))], MOVIES_PER_STATEMENT)) {
    const rows = await db
      .selectFrom("movies")
      .select(["id", "doc", "text_digest"])
      .where("tenant", "=", tenant)
      .where(sql<boolean>`id = any(${slice})`)
      .execute();
    for (const row of rows) movies.set(row.id, { movie: movieOf(row), textDigest: row.text_digest });
  }
  return movies;
}

/** Of these ids, those that no movie has. */
export async function missingIds(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  ids: readonly string[],
): Promise<string[]> {
  const rows = await db
    .selectFrom("movies")
    .select("id")
    .where("tenant", "=", tenant)
    .where(sql<boolean>`id = any(${storableIds(ids)})`)
    .execute();
  const present = new Set(rows.map(({ id }) => id));
  return [...new Set(ids)].filter((id) => !present.has(id));
}

/** The movie that has this id in another system. */
export async function findByExternalId(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  source: string,
  value: string,
): Promise<Movie | undefined> {
  if (storableIds([source, value]).length < 2) return undefined;
  const row = await db
    .selectFrom("movie_external_ids as held")
    .innerJoin("movies", (join) =>
      join.onRef("movies.tenant", "=", "held.tenant").onRef("movies.id", "=", "held.movie_id"),
    )
    .select("movies.doc")
    .where("held.tenant", "=", tenant)
    .where("held.source", "=", source)
    .where("held.value", "=", value)
    .executeTakeFirst();
  return row && movieOf(row);
}

/** What is stored of everything that writing these movies touches. */
export async function readWriteContext(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  movies: readonly Movie[],
): Promise<WriteContext> {
  const writable = movies.filter((movie) => unstorableKey(movie) === undefined);
  const stored = await readMovies(
    db,
    tenant,
    writable.map(({ id }) => id),
  );
  const externalIds = writable.flatMap((movie) => movie.externalIds);
  const { rows } = await sql<{ source: string; value: string; movie_id: string }>`
    select held.source, held.value, held.movie_id
    from cinedeepmatch.movie_external_ids held
    join unnest(${externalIds.map(({ source }) => source)}::text[], ${externalIds.map(({ value }) => value)}::text[])
      as asked (source, value) on held.source = asked.source and held.value = asked.value
    where held.tenant = ${tenant}`.execute(db);
  return { movies: stored, owners: new Map(rows.map((row) => [externalIdKey(row), row.movie_id])) };
}
