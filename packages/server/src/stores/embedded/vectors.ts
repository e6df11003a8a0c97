import { type Kysely, sql } from "kysely";
import type { MovieToEncode, StoredVector } from "../../matching/catalog-store.js";
import { base64 } from "../base64.js";
import { inSlices } from "../in-slices.js";
import { movieOf } from "./movie-row.js";
import { readStatus } from "./read-status.js";
import type { EmbeddedTables } from "./schema.js";
import { bumpRevisions } from "./write-movies.js";

const VECTORS_PER_STATEMENT = 250;
const MOVIES_PER_STRETCH = 4000;

/** Movies that have no vector of a model. */
export async function moviesToEncode(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  modelVersion: string,
  afterId: string,
  limit: number,
): Promise<MovieToEncode[]> {
  const { movieCount, encodedCount } = await readStatus(db, tenant, modelVersion);
  // Asked every few seconds, nearly always with this answer.
  if (encodedCount >= movieCount) return [];
  const found: MovieToEncode[] = [];
  let from = afterId;
  // Stretch by stretch, because looking through all movies for the last one would hold everything up.
  while (found.length < limit) {
    const to = await endOfStretch(db, tenant, from);
    const { rows } = await sql<{ doc: Uint8Array; text_digest: string }>`
      select movie.doc, movie.text_digest from cinedeepmatch.movies movie
      where movie.tenant = ${tenant} and movie.id > ${from} and movie.id <= coalesce(${to ?? null}, movie.id)
        and (select true from cinedeepmatch.movie_vectors stored where stored.tenant = ${tenant}
          and stored.movie_id = movie.id and stored.model_version = ${modelVersion}) is null
      order by movie.id limit ${limit - found.length}`.execute(db);
    found.push(...rows.map((row) => ({ movie: movieOf(row), textDigest: row.text_digest })));
    if (to === undefined) break;
    from = to;
  }
  return found;
}

/** The id up to which one statement may look; undefined when it may look to the end. */
async function endOfStretch(db: Kysely<EmbeddedTables>, tenant: string, from: string): Promise<string | undefined> {
  const row = await db
    .selectFrom("movies")
    .select("id")
    .where("tenant", "=", tenant)
    .where("id", ">", from)
    .orderBy("id")
    .offset(MOVIES_PER_STRETCH)
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Stores the vectors of texts that are still the movies'. Call it in a transaction. */
export async function storeVectors(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  modelVersion: string,
  vectors: readonly StoredVector[],
): Promise<number> {
  // A movie may come with several texts; only one can be its present one, and the last vector of that counts.
  const distinct = new Map(vectors.map((vector) => [JSON.stringify([vector.movieId, vector.textDigest]), vector]));
  let stored = 0;
  let created = 0;
  for (const slice of inSlices([...distinct.values()], VECTORS_PER_STATEMENT)) {
    const written = await upsertVectors(db, tenant, modelVersion, slice);
    await bumpRevisions(
      db,
      tenant,
      written.map((row) => row.movie_id),
    );
    stored += written.length;
    created += written.filter((row) => row.created).length;
  }
  if (created > 0) {
    await sql`
      insert into cinedeepmatch.encoded_counts as counts (tenant, model_version, encoded_count)
      values (${tenant}, ${modelVersion}, ${created})
      on conflict (tenant, model_version) do update
        set encoded_count = counts.encoded_count + excluded.encoded_count`.execute(db);
  }
  return stored;
}

async function upsertVectors(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  modelVersion: string,
  vectors: readonly StoredVector[],
): Promise<{ movie_id: string; created: boolean }[]> {
  const input = vectors.map(({ movieId, textDigest, vector }) => ({ movieId, textDigest, vector: base64(vector) }));
  const { rows } = await sql<{ movie_id: string; created: boolean }>`
    insert into cinedeepmatch.movie_vectors (tenant, model_version, movie_id, vector)
    select ${tenant}, ${modelVersion}, movie.id, decode(r.vector, 'base64')
    from json_to_recordset(${JSON.stringify(input)}::json) as r ("movieId" text, "textDigest" text, vector text)
    join cinedeepmatch.movies movie on movie.tenant = ${tenant} and movie.id = r."movieId"
      and movie.text_digest = r."textDigest"
    on conflict (tenant, movie_id, model_version) do update set vector = excluded.vector
    returning new.movie_id, old.movie_id is null as created`.execute(db);
  return rows;
}
