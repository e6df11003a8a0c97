export * from "@cinedeepmatch/sdk-core";
export { createClient, type WebClientOptions } from "./create-client.js";
