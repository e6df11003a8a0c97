import { assembleClient, type Client, type ClientOptions, transportOf } from "@cinedeepmatch/sdk-core";
import { fetchTransport } from "./fetch-transport.js";
import { pageTracking } from "./page-tracking.js";
import { refuseServerKeys, serverKeyRefused } from "./refuse-server-keys.js";

/** How a browser reaches the server. */
export interface WebClientOptions extends ClientOptions {
  /**
   * Where the gateway is, for example `https://movies.example.com`; a path such as `/api` is one on the page's own origin.
   */
  readonly baseUrl: string;
  /** What to use in place of the browser's fetch. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Creates a client for browsers, which speaks Connect's binary format to the gateway.
 *
 * Whatever a page holds, its visitor can read. Give it a token function that asks your back end for a token bound to
 * the visitor (`client.accounts.mintUserToken` of the SDK for Node), never a token or an API key of the back end. API
 * keys are refused, as a token and by `accounts.exchangeApiKey`; a back end's token cannot be told from a visitor's.
 *
 * @throws TypeError when both a transport and interceptors are given
 * @throws CineDeepMatchError (`failed_precondition`) when the token is an API key
 * @example
 * ```ts
 * import { createClient } from "@cinedeepmatch/sdk-web";
 *
 * const client = createClient({
 *   baseUrl: "https://movies.example.com",
 *   token: async () => (await fetch("/cinedeepmatch-token", { method: "POST" })).text(),
 * });
 * const { results } = await client.match({ text: "a heist in dreams" });
 * ```
 */
export function createClient(options: WebClientOptions): Client {
  const { baseUrl, fetch } = options;
  const token = refuseServerKeys(options.token);
  const transport = transportOf(options, (interceptors) => fetchTransport({ baseUrl, interceptors, fetch }));
  const { client } = assembleClient(transport, { ...options, token }, pageTracking(baseUrl));
  const exchangeApiKey = () => Promise.reject(serverKeyRefused());
  return { ...client, accounts: { ...client.accounts, exchangeApiKey } };
}
