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
    .selectFrom(({ selectFrom }) =>
      selectFrom("movie_changes")
        .select(["movie_id", "revision"])
        .where("tenant", "=", tenant)
        .where("revision", ">", afterRevision)
        .orderBy("revision")
        .limit(limit)
        .as("change"),
    )
    .leftJoin("movies", (join) => join.on("movies.tenant", "=", tenant).onRef("movies.id", "=", "change.movie_id"))
    .leftJoin("movie_vectors as stored", (join) =>
      join
        .on("stored.tenant", "=", tenant)
        .on("stored.model_version", "=", modelVersion)
        .onRef("stored.movie_id", "=", "change.movie_id"),
    )
    .select(["change.movie_id", "change.revision", "movies.doc", "stored.vector"])
    .orderBy("change.revision")
    .execute();
  return {
    changes: rows.map((row) => ({
      movieId: row.movie_id,
      movie: row.doc === null ? undefined : movieOf({ doc: row.doc }),
      vector: row.vector ?? undefined,
    })),
    revision: rows.at(-1)?.revision ?? afterRevision,
  };
}
