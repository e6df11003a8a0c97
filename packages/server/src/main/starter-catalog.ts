import { fileURLToPath } from "node:url";

/** The path of the catalogue that ships with the server. `src` and `dist` are siblings, so one address serves both. */
export const STARTER_CATALOG = fileURLToPath(new URL("../../assets/starter-catalog.ndjson", import.meta.url));
