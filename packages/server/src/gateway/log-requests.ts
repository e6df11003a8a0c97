import type { FastifyInstance, FastifyRequest } from "fastify";

const named = new WeakMap<FastifyRequest, string>();

/** Has a request logged by this path instead of its own, in which there may be a user's id. */
export function logPathAs(request: FastifyRequest, path: string): void {
  named.set(request, path);
}

/** Logs one line per answered request, without its query: a Connect GET has its message, and so what a person typed, there. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    // Health checks come every few seconds and say something only when they fail.
    const level = reply.statusCode < 400 && /^\/(livez|readyz)$/.test(request.url) ? "debug" : "info";
    app.log[level]({
      msg: "request",
      requestId: request.id,
      method: request.method,
      path: named.get(request) ?? request.url.split("?", 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      peer: request.ip,
    });
  });
}
