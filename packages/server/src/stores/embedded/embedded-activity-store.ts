import type { Kysely } from "kysely";
import type { ActivityStore } from "../../matching/activity-store.js";
import { createSqlActivityStore } from "../sql/sql-activity-store.js";
import type { EmbeddedTables } from "./schema.js";

/** What users did, in the embedded database; see `openDatabase`. */
export function createEmbeddedActivityStore({ db }: { readonly db: Kysely<EmbeddedTables> }): ActivityStore {
  return createSqlActivityStore(db);
}
