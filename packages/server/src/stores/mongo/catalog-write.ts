import type { Movie } from "@cinedeepmatch/contract";
import type { CatalogReader } from "./catalog-reader.js";
import type { CatalogState } from "./documents.js";

/** A write to one tenant's catalogue that is being worked out. */
export interface CatalogWrite extends CatalogReader {
  readonly tenant: string;
  readonly state: CatalogState;
  readonly textDigest: (movie: Movie) => string;
}
