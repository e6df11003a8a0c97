import { assembleClient, type Client, type ClientOptions, transportOf } from "@cinedeepmatch/sdk-core";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { type ImportCatalogClient, importMovies } from "./import-movies.js";
import { SteadySessionManager } from "./steady-sessions.js";

/** How Node reaches the server. */
export interface NodeClientOptions extends ClientOptions {
  /**
   * - `connect` (the default): Connect over HTTP/1.1, to the gateway (port 8080) or any load balancer.
   * - `grpc`: gRPC over HTTP/2, to the gRPC server (port 9090). Needed by `catalog.importMovies`.
   */
  readonly protocol?: "connect" | "grpc" | undefined;
}

/** A client for Node: everything browsers have, and imports. */
export interface NodeClient extends Client {
  /** The movies. */
  readonly catalog: ImportCatalogClient;
}

// Far above any answer of the API, and far below what would take the process down.
const READ_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Creates a client for Node. Its connections do not keep the process alive.
 *
 * @throws TypeError when `baseUrl` is no HTTP address, or both a transport and interceptors are given
 * @example
 * ```ts
 * import { createClient } from "@cinedeepmatch/sdk-node";
 *
 * const client = createClient({ baseUrl: "http://localhost:8080", token: process.env.CINEDEEPMATCH_TOKEN });
 * const { results } = await client.match({ text: "a heist in dreams" });
 * ```
 */
export function createClient(options: NodeClientOptions): NodeClient {
  const { protocol = "connect" } = options;
  const transport = transportOf(options, (interceptors) => {
    const baseUrl = checked(options.baseUrl);
    const common = { baseUrl, interceptors, readMaxBytes: READ_MAX_BYTES };
    return protocol === "grpc"
      ? createGrpcTransport({ ...common, sessionManager: new SteadySessionManager(baseUrl) })
      : createConnectTransport({ ...common, httpVersion: "1.1", useBinaryFormat: true });
  });
  const { client, caller } = assembleClient(transport, options);
  const canImport = protocol === "grpc" || options.transport !== undefined;
  return { ...client, catalog: { ...client.catalog, importMovies: importMovies(caller, canImport) } };
}

function checked(baseUrl: string): string {
  const { protocol } = new URL(baseUrl);
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`Not an HTTP address: ${baseUrl}`);
  return baseUrl;
}
