import type { Kysely } from "kysely";
import type { TableStore } from "../../matching/table-store.js";
import { createSqlTableStore } from "../sql/sql-table-store.js";
import type { EmbeddedTables } from "./schema.js";

/** The tables of the catalogue, which is backed up as what it means: it may be restored into another kind of store. */
const CATALOG: readonly (keyof EmbeddedTables)[] = [
  "movies",
  "movie_external_ids",
  "movie_vectors",
  "movie_changes",
  "people",
  "imports",
  "tenants",
  "encoded_counts",
];

/** The tables of the embedded database, without the catalogue's. */
export function createEmbeddedTableStore({ db }: { readonly db: Kysely<EmbeddedTables> }): TableStore {
  return createSqlTableStore({ db, left: [...CATALOG, "revisions"], atOnce: true });
}
