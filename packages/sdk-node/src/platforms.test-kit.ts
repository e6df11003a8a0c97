import type { Client, ClientOptions } from "@cinedeepmatch/sdk-core";
import { createClient as createWebClient } from "@cinedeepmatch/sdk-web";
import { createClient } from "./create-client.js";

/** A way of a client to a server. */
export interface Platform {
  readonly name: string;
  readonly http: "1.1" | "2";
  createClient(options: ClientOptions): Client;
}

/** Every transport that the SDKs ship. What holds for one must hold for all. */
export const PLATFORMS: readonly Platform[] = [
  { name: "Node, Connect over HTTP/1.1", http: "1.1", createClient },
  {
    name: "Node, gRPC over HTTP/2",
    http: "2",
    createClient: (options) => createClient({ ...options, protocol: "grpc" }),
  },
  // Browsers have the fetch that Node has.
  { name: "web, Connect over fetch", http: "1.1", createClient: createWebClient },
];
