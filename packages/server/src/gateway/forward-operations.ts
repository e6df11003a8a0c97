import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import httpProxy from "@fastify/http-proxy";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { requestHeaders, responseHeaders } from "./forwarded-headers.js";
import { upstreamUnavailable } from "./gateway-error.js";

const prefix = "/admin";
const timeoutMs = 10_000;

/**
 * Forwards /admin, which holds what operators see in a browser, to the operations server. Nothing else there is
 * reachable from here, the metrics least of all: the proxy refuses every spelling of a path that leaves its prefix.
 *
 * Here is the one place at which cookies are passed on, both ways: the operations server keeps an operator's token in
 * one, bound to this path.
 */
export async function forwardOperations(app: FastifyInstance, operations: string): Promise<void> {
  await app.register(httpProxy, {
    upstream: operations,
    prefix,
    // The gateway logs each request itself, and without its query.
    disableRequestLogging: true,
    rewritePrefix: prefix,
    http: { requestOptions: { timeout: timeoutMs } },
    httpMethods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
    replyOptions: {
      rewriteRequestHeaders: (request) =>
        withCookies("cookie", request.headers, requestHeaders(request as FastifyRequest)),
      rewriteHeaders: (headers) => withCookies("set-cookie", headers, responseHeaders(headers)),
      onError: (reply, { error }) => void reply.send(upstreamUnavailable(error)),
    },
  });
}

function withCookies(name: "cookie" | "set-cookie", given: Headers, passed: Headers): IncomingHttpHeaders {
  const cookies = given[name];
  return { ...(passed as IncomingHttpHeaders), ...(cookies !== undefined && { [name]: cookies }) };
}

type Headers = IncomingHttpHeaders | OutgoingHttpHeaders;
