import type { Kysely } from "kysely";
import type { ActivityStore } from "../../matching/activity-store.js";
import { createSqlActivityStore } from "../sql/sql-activity-store.js";
import type { PostgresTables } from "./schema.js";

/** What users did, in a PostgreSQL database; see `openPostgres`. */
export function createPostgresActivityStore({ db }: { readonly db: Kysely<PostgresTables> }): ActivityStore {
  return createSqlActivityStore(db);
}
