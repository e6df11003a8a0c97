import type { CatalogCollections } from "./documents.js";
import type { ServerTraits } from "./server-traits.js";

/** What reading a catalogue takes; see `openMongo`. */
export interface CatalogReader {
  readonly collections: CatalogCollections;
  readonly traits: ServerTraits;
}
