import type { FastifyInstance } from "fastify";
import { atEndOfRequests } from "./end-of-request.js";
import { loggedPathOf } from "./logged-path.js";
import { spanOf } from "./trace-requests.js";

/** Logs one line per request, without its query: a Connect GET has its message, and so what a person typed, there. */
export function logRequests(app: FastifyInstance): void {
  atEndOfRequests(app, (request, reply, status) => {
    // Health checks come every few seconds and say something only when they fail.
    const level = status < 400 && /^\/(livez|readyz)$/.test(request.url) ? "debug" : "info";
    const trace = spanOf(request)?.traceId;
    app.log[level]({
      msg: "request",
      requestId: request.id,
      ...(trace !== undefined && { trace_id: trace }),
      method: request.method,
      path: loggedPathOf(request),
      status,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      peer: request.ip,
    });
  });
}
