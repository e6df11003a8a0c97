import type { FastifyInstance } from "fastify";
import { loggedPathOf } from "./logged-path.js";
import { spanOf } from "./trace-requests.js";

/** Logs one line per answered request, without its query: a Connect GET has its message, and so what a person typed, there. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    // Health checks come every few seconds and say something only when they fail.
    const level = reply.statusCode < 400 && /^\/(livez|readyz)$/.test(request.url) ? "debug" : "info";
    const trace = spanOf(request)?.traceId;
    app.log[level]({
      msg: "request",
      requestId: request.id,
      ...(trace !== undefined && { trace_id: trace }),
      method: request.method,
      path: loggedPathOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      peer: request.ip,
    });
  });
}
