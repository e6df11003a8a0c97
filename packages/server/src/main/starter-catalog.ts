import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The path of the catalogue that ships with the server. */
export function starterCatalogPath(): string {
  const manifest = createRequire(import.meta.url).resolve("@cinedeepmatch/server/package.json");
  return join(dirname(manifest), "assets/starter-catalog.ndjson");
}
