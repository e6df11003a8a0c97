import type { OutgoingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import { requestHeaders } from "../forwarded-headers.js";

const sent = [
  "authorization",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-request-id",
];

/** The headers with which a call goes on to the gRPC server. */
export function callHeaders(request: FastifyRequest): Headers {
  const all = requestHeaders(request);
  const headers = new Headers();
  for (const name of sent) if (all[name] !== undefined) headers.set(name, String(all[name]));
  return headers;
}

/** What the gRPC server's headers tell callers about limits. */
export function limitHeaders(headers: Headers): OutgoingHttpHeaders {
  return Object.fromEntries([...headers].filter(([name]) => /^(retry-after(-ms)?|(x-)?ratelimit.*)$/.test(name)));
}
