import type { Kysely } from "kysely";
import type { MatchJobStore } from "../../matching/match-job-store.js";
import { createSqlMatchJobStore } from "../sql/sql-match-job-store.js";
import type { EmbeddedTables } from "./schema.js";

/** Match jobs, in the embedded database; see `openDatabase`. */
export function createEmbeddedMatchJobStore({ db }: { readonly db: Kysely<EmbeddedTables> }): MatchJobStore {
  return createSqlMatchJobStore(db);
}
