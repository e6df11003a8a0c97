import type { Kysely } from "kysely";
import type { TableStore } from "../../matching/table-store.js";
import { createSqlTableStore } from "../sql/sql-table-store.js";
import type { PostgresTables } from "./schema.js";

/** The tables of a PostgreSQL database; see `openPostgres`. */
export function createPostgresTableStore({ db }: { readonly db: Kysely<PostgresTables> }): TableStore {
  return createSqlTableStore({ db });
}
