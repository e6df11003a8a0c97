import { type Kysely, sql } from "kysely";
import type { MovieToEncode, StoredVector } from "../../matching/catalog-store.js";
import { inSlices } from "./in-slices.js";
import { base64, movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";
import { bumpRevisions } from "./write-movies.js";

const VECTORS_PER_STATEMENT = 250;

/** Movies that have no vector of a model. */
export async function moviesToEncode(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  modelVersion: string,
  afterId: string,
  limit: number,
): Promise<MovieToEncode[]> {
  const { movieCount, encodedCount } = await countEncoded(db, tenant, modelVersion);
  // Asked every few seconds, nearly always with this answer.
  if (encodedCount >= movieCount) return [];
  const rows = await db
    .selectFrom("movies as movie")
    .select(["doc", "text_digest"])
    .where("tenant", "=", tenant)
    .where("id", ">", afterId)
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom("movie_vectors as stored")
            .select("stored.movie_id")
            .where("stored.tenant", "=", tenant)
            .where("stored.model_version", "=", modelVersion)
            .whereRef("stored.movie_id", "=", "movie.id"),
        ),
      ),
    )
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ movie: movieOf(row), textDigest: row.text_digest }));
}

/** How many movies there are and how many of them have a vector of a model. */
export async function countEncoded(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  modelVersion: string,
): Promise<{ movieCount: number; personCount: number; encodedCount: number }> {
  const row = await db
    .selectFrom("tenants")
    .leftJoin("encoded_counts", (join) =>
      join.onRef("encoded_counts.tenant", "=", "tenants.tenant").on("encoded_counts.model_version", "=", modelVersion),
    )
    .select(["movie_count", "person_count", "encoded_count"])
    .where("tenants.tenant", "=", tenant)
    .executeTakeFirst();
  return {
    movieCount: Number(row?.movie_count ?? 0),
    personCount: Number(row?.person_count ?? 0),
    encodedCount: Number(row?.encoded_count ?? 0),
  };
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
    await bumpRevisions(db, tenant, written.map((row) => row.movie_id));
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
