import type { Kysely } from "kysely";
import type { ModelStore } from "../../registry/model-store.js";
import { createSqlModelStore } from "../sql/sql-model-store.js";
import type { EmbeddedTables } from "./schema.js";

/** Registered models, in the embedded database; see `openDatabase`. */
export function createEmbeddedModelStore({ db }: { readonly db: Kysely<EmbeddedTables> }): ModelStore {
  return createSqlModelStore(db);
}
