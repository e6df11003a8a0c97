import type { Kysely } from "kysely";
import type { ModelStore } from "../../registry/model-store.js";
import { createSqlModelStore } from "../sql/sql-model-store.js";
import type { PostgresTables } from "./schema.js";

/** Registered models, in a PostgreSQL database; see `openPostgres`. */
export function createPostgresModelStore({ db }: { readonly db: Kysely<PostgresTables> }): ModelStore {
  return createSqlModelStore(db);
}
