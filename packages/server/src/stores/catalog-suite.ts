import type { CatalogStore } from "../matching/catalog-store.js";

/** What each part of the suite works with. */
export interface CatalogSuite {
  store(): CatalogStore;
  /** A tenant that no other test uses. */
  newTenant(): string;
  /** Closes the store and opens it again. */
  reopen(): Promise<void>;
}
