import type { FastifyBaseLogger } from "fastify";
import type { OnRefused } from "../limits/front-door.js";
import type { RequestTracing } from "./trace-requests.js";

/** How a gateway is set up. Only `upstream` has no default. */
export interface GatewayOptions {
  /** The gRPC server's address, spoken to over HTTP/2 without TLS, for example `http://127.0.0.1:9090`. */
  upstream: string;
  /** The operations server's address, for example `http://127.0.0.1:9091`, to forward /admin to; nowhere by default. */
  operations?: string;
  /** Origins whose pages may call from a browser, for example `https://app.example`; `*` allows all. None by default. */
  corsOrigins?: readonly string[];
  /**
   * How many requests one address (IPv6: one /64 network) may make. 10,000 a minute by default: a back end calls from
   * one address, and the gRPC server counts tokens and users by themselves.
   */
  rateLimit?: RateLimit;
  /** How many connections to take, altogether and from one address (IPv6: one /64). 10,000 and 1,000 by default. */
  connections?: { total: number; perAddress: number };
  /** The longest request body, in bytes as sent, of a call that is not a stream. 1 MiB by default. */
  bodyLimitBytes?: number;
  /** How many matches are sent on at once at least, however long each takes then. 5 by default. */
  leastAtOnce?: number;
  /** Hears of the matches that are refused because more come than are answered. */
  onRefused?: OnRefused;
  /** Folder of a built browser app to serve at `/`. */
  webRoot?: string;
  /** Gives the browser app on this machine a token. Leave it out anywhere but on a developer's own machine. */
  demo?: DemoOptions;
  /** Where to log; nowhere by default. */
  logger?: FastifyBaseLogger | false;
  /** Traces every request; none by default. */
  tracing?: RequestTracing;
  /** Which proxies in front are believed about the caller's address, as Fastify's `trustProxy`. None by default. */
  trustProxy?: boolean | string | string[];
  /** How long a client may take to send a request, in milliseconds. One minute by default. */
  requestTimeoutMs?: number;
  /**
   * For how long calls wait for a gRPC server that has gone away, in milliseconds: so that a restart makes them late and
   * does not fail them. 10 seconds by default.
   */
  absenceMs?: number;
  /** How long clients are told to leave before their idle connections are closed, in milliseconds. 250 by default. */
  farewellMs?: number;
  /** How long calls in flight may go on after `close()`, in milliseconds. 10 seconds by default. */
  drainTimeoutMs?: number;
}

/** At most `max` requests in any `windowMs`. */
export interface RateLimit {
  max: number;
  windowMs: number;
}

/** What the demo session is made of. */
export interface DemoOptions {
  /** Mints a short-lived token bound to the demo user. */
  mintToken(): Promise<DemoToken>;
}

/** A token of the demo user. */
export interface DemoToken {
  token: string;
  expireTime: Date;
  /** The user whom the token is bound to; `demo` by default. */
  userId?: string;
}

/** The options with every default filled in. */
export type GatewaySettings = GatewayOptions &
  Required<Omit<GatewayOptions, "operations" | "onRefused" | "webRoot" | "demo" | "tracing">> & {
    corsOrigins: readonly string[];
  };

/** Fills in what the caller left out. */
export function withDefaults(options: GatewayOptions): GatewaySettings {
  const upstream = new URL(options.upstream);
  if (upstream.protocol !== "http:") throw new TypeError(`upstream must be an http: URL, not ${upstream.protocol}`);
  return {
    corsOrigins: [],
    rateLimit: { max: 10_000, windowMs: 60_000 },
    connections: { total: 10_000, perAddress: 1_000 },
    bodyLimitBytes: 1024 * 1024,
    leastAtOnce: 5,
    logger: false,
    trustProxy: false,
    requestTimeoutMs: 60_000,
    absenceMs: 10_000,
    farewellMs: 250,
    drainTimeoutMs: 10_000,
    ...options,
    upstream: upstream.origin,
  };
}
