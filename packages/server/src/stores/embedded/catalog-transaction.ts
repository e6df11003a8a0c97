import type { Movie } from "@cinedeepmatch/contract";
import type { Kysely } from "kysely";
import type { EmbeddedTables } from "./schema.js";

/** A transaction on one tenant's catalogue. */
export interface CatalogTransaction {
  readonly db: Kysely<EmbeddedTables>;
  readonly tenant: string;
  readonly textDigest: (movie: Movie) => string;
}
