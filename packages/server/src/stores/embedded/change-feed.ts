import type { Kysely } from "kysely";
import type { StoredChanges } from "../../matching/catalog-store.js";
import { movieOf } from "./movie-row.js";
import type { EmbeddedTables } from "./schema.js";

/** What was written after a revision. */
export async function changesAfter(
  db: Kysely<EmbeddedTables>,
  tenant: string,
  afterRevision: bigint,
  modelVersion: string,
  limit: number,
): Promise<StoredChanges> {
  const rows = await db
    .selectFrom("movie_changes as change")
    // Subqueries, not joins: they are index look-ups whatever the planner takes the tables' sizes to be.
    .select(({ selectFrom }) => [
      "change.movie_id",
      "change.revision",
      selectFrom("movies")
        .select("movies.doc")
        .where("movies.tenant", "=", tenant)
        .whereRef("movies.id", "=", "change.movie_id")
        .as("doc"),
      selectFrom("movies")
        .select("movies.text_digest")
        .where("movies.tenant", "=", tenant)
        .whereRef("movies.id", "=", "change.movie_id")
        .as("text_digest"),
      selectFrom("movie_vectors as stored")
        .select("stored.vector")
        .where("stored.tenant", "=", tenant)
        .where("stored.model_version", "=", modelVersion)
        .whereRef("stored.movie_id", "=", "change.movie_id")
        .as("vector"),
    ])
    .where("change.tenant", "=", tenant)
    .where("change.revision", ">", afterRevision)
    .orderBy("change.revision")
    .limit(limit)
    .execute();
  return {
    changes: rows.map((row) => ({
      movieId: row.movie_id,
      movie: row.doc === null ? undefined : movieOf({ doc: row.doc }),
      textDigest: row.text_digest ?? undefined,
      vector: row.vector ?? undefined,
    })),
    revision: rows.at(-1)?.revision ?? afterRevision,
  };
}
