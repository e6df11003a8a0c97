import type { FastifyInstance, FastifyRequest } from "fastify";
import { forwardCall } from "./forward-call.js";
import { bodyTooLarge, nativeGrpcElsewhere } from "./gateway-error.js";
import { rpcProtocolOf } from "./rpc-protocol.js";
import type { Upstream } from "./upstream.js";
import type { UpstreamReach } from "./upstream-reach.js";

const METHOD_URL = "/cinedeepmatch.v1.:service(^[A-Za-z0-9_]+$)/:method(^[A-Za-z0-9_]+$)";

interface MethodPath {
  service: string;
  method: string;
}

/**
 * Forwards every method of the public API, those of tomorrow included. What only model workers call has another
 * package name and is not reachable from here.
 */
export async function forwardCalls(
  app: FastifyInstance,
  { upstream, reach, bodyLimitBytes }: { upstream: Upstream; reach: UpstreamReach; bodyLimitBytes: number },
): Promise<void> {
  // Bodies are passed on unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, payload, done) => done(null, payload));

  app.route({
    method: ["DELETE", "HEAD", "PATCH", "PUT"],
    url: METHOD_URL,
    handler: (_request, reply) => reply.code(405).header("allow", "GET, POST").send(),
  });
  app.route<{ Params: MethodPath }>({
    method: ["GET", "POST"],
    url: METHOD_URL,
    handler: async (request, reply) => {
      const protocol = rpcProtocolOf(request.headers["content-type"]);
      if (protocol === "grpc") throw nativeGrpcElsewhere();
      const limit = protocol === "connect-stream" ? undefined : bodyLimitBytes;
      if (limit !== undefined && Number(request.headers["content-length"]) > limit) throw bodyTooLarge(limit);
      await forwardCall({ upstream, reach }, request, reply, pathOf(request), limit);
    },
  });
}

// Built from the parts that were checked, so that no spelling of a path means one thing here and another one there.
function pathOf({ params, url }: FastifyRequest<{ Params: MethodPath }>): string {
  const query = url.indexOf("?");
  return `/cinedeepmatch.v1.${params.service}/${params.method}${query === -1 ? "" : url.slice(query)}`;
}
