import type { FastifyInstance, FastifyRequest } from "fastify";
import type { FrontDoor } from "../limits/front-door.js";
import { deadlineOf } from "./deadline-header.js";
import { forwardCall } from "./forward-call.js";
import { bodyTooLarge, isUnreached, nativeGrpcElsewhere } from "./gateway-error.js";
import { goneSignal } from "./gone-signal.js";
import { peekLane } from "./peek-lane.js";
import { rpcProtocolOf } from "./rpc-protocol.js";
import { hasWork } from "./server-timing.js";
import type { Upstream } from "./upstream.js";
import type { UpstreamReach } from "./upstream-reach.js";

const METHOD_URL = "/cinedeepmatch.v1.:service(^[A-Za-z0-9_]+$)/:method(^[A-Za-z0-9_]+$)";

interface MethodPath {
  service: string;
  method: string;
}

/** What calls are forwarded with. */
interface ForwardingParts {
  readonly upstream: Upstream;
  readonly reach: UpstreamReach;
  readonly door: FrontDoor;
  readonly bodyLimitBytes: number;
}

/**
 * Forwards every method of the public API, those of tomorrow included. What only model workers call has another
 * package name and is not reachable from here.
 */
export async function forwardCalls(
  app: FastifyInstance,
  { upstream, reach, door, bodyLimitBytes }: ForwardingParts,
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
      const { path, query } = partsOf(request);
      const { lane, beginning } = await peekLane(request, path);
      const timeoutMs = deadlineOf(request.headers);
      const awaitServer = () => reach.untilThere({ timeoutMs, answer: reply.raw });
      const absentMs = await awaitServer();
      const call = { path: path + query, bodyLimitBytes: limit, beginning };
      const forward = (waitedMs: number) => forwardCall(upstream, request, reply, { ...call, waitedMs });
      const hasAll = request.method === "GET" || beginning?.isWhole === true;
      await door.through(
        { lane, timeoutMs: timeoutMs && timeoutMs - absentMs, gone: goneSignal(reply) },
        async (waitedMs) => {
          const soFarMs = absentMs + waitedMs;
          return forward(soFarMs).catch(async (error: unknown) => {
            // A server that was about to stop did not take it; the next one may have what is all here.
            if (!hasAll || !isUnreached(error)) throw error;
            return forward(soFarMs + (await awaitServer()));
          });
        },
        (headers) => hasWork(headers["server-timing"]),
      );
    },
  });
}

// Built from the parts that were checked, so that no spelling of a path means one thing here and another one there.
function partsOf({ params, url }: FastifyRequest<{ Params: MethodPath }>): { path: string; query: string } {
  const query = url.indexOf("?");
  const path = `/cinedeepmatch.v1.${params.service}/${params.method}`;
  return { path, query: query === -1 ? "" : url.slice(query) };
}
