export * from "@cinedeepmatch/sdk-core";
export { createClient, type NodeClient, type NodeClientOptions } from "./create-client.js";
export type { ImportCatalogClient } from "./import-movies.js";
