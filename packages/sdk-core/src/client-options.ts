import type { Interceptor, Transport } from "@connectrpc/connect";
import type { Logger } from "./logger.js";
import type { Token } from "./token-source.js";

/** How a client reaches the server. */
export interface ClientOptions {
  /** Where the server is, for example `https://movies.example.com`. */
  readonly baseUrl: string;
  /** The token, or a function that gets one. Needed by every method but signing in. */
  readonly token?: Token | undefined;
  /** How long a call may take in milliseconds, all attempts included; 0 for as long as it takes. 10 seconds by default. */
  readonly timeoutMs?: number | undefined;
  /** How often a call is tried again where that is safe. 2 by default. */
  readonly maxRetries?: number | undefined;
  /** Connect interceptors, run for every attempt. Not together with `transport`, which has its own. */
  readonly interceptors?: Interceptor[] | undefined;
  /** A Connect transport to use in place of the SDK's own; `baseUrl` is then its business. */
  readonly transport?: Transport | undefined;
  /** Where to log to. Nothing is logged by default. */
  readonly logger?: Logger | undefined;
}

/** Returns the caller's transport, or one built with the caller's interceptors. */
export function transportOf(
  { transport, interceptors = [] }: ClientOptions,
  build: (interceptors: Interceptor[]) => Transport,
): Transport {
  if (transport === undefined) return build(interceptors);
  if (interceptors.length > 0) throw new TypeError("Give the interceptors to the transport that you supply");
  return transport;
}
