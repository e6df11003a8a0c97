import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** What nginx says of callers who went away before they were answered. Nobody receives it. */
const CALLER_GONE = 499;

/**
 * Tells once of every request, when its answer has been sent or its caller has gone away. Fastify's own hook says nothing of
 * callers who go away, nor of those who hang up as soon as they have read what the length announced.
 */
export function atEndOfRequests(
  app: FastifyInstance,
  tell: (request: FastifyRequest, reply: FastifyReply, status: number) => void,
): void {
  app.addHook("onRequest", async (request, reply) => {
    const { raw } = reply;
    raw.once("close", () => tell(request, reply, raw.headersSent ? raw.statusCode : CALLER_GONE));
  });
}
