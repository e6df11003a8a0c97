import type { Kysely } from "kysely";
import type { MatchJobStore } from "../../matching/match-job-store.js";
import { createSqlMatchJobStore } from "../sql/sql-match-job-store.js";
import type { PostgresTables } from "./schema.js";

/** Match jobs, in a PostgreSQL database; see `openPostgres`. */
export function createPostgresMatchJobStore({ db }: { readonly db: Kysely<PostgresTables> }): MatchJobStore {
  return createSqlMatchJobStore(db);
}
