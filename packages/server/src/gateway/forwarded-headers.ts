import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import { requestIdHeader } from "./request-id.js";
import { spanOf } from "./trace-requests.js";

const hopByHop = [
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

// Cookies are no credential here. What proxies say of the caller is said anew, so that nobody can make it up.
const notForwarded = new Set([
  ...hopByHop,
  "cookie",
  "expect",
  "forwarded",
  "host",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
  requestIdHeader,
]);

const notReturned = new Set([...hopByHop, "set-cookie", requestIdHeader]);

/** The headers with which a request goes on to the gRPC server. */
export function requestHeaders(request: FastifyRequest): OutgoingHttpHeaders {
  const span = spanOf(request);
  return {
    ...without(request.headers, notForwarded),
    // Trusted proxies in front have each added an address; without them there is one, the peer's.
    "x-forwarded-for": request.ips ? request.ips.toReversed().join(", ") : request.ip,
    "x-forwarded-proto": request.protocol,
    "x-forwarded-host": request.host,
    [requestIdHeader]: request.id,
    ...(span && { traceparent: span.traceparent }),
  };
}

/** The headers with which an answer goes back to the caller. */
export function responseHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return without(headers, notReturned);
}

function without(headers: IncomingHttpHeaders, dropped: ReadonlySet<string>): OutgoingHttpHeaders {
  const named = new Set((headers.connection ?? "").split(",").map((name) => name.trim().toLowerCase()));
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(":") && !dropped.has(name) && !named.has(name)),
  );
}
