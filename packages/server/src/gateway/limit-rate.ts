import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance } from "fastify";
import { rateLimited } from "./gateway-error.js";
import type { RateLimit } from "./gateway-options.js";

/** Limits how often one address calls, counted in this process, and tells callers in RateLimit headers. */
export async function limitRate(app: FastifyInstance, { max, windowMs }: RateLimit): Promise<void> {
  await app.register(rateLimit, {
    max,
    timeWindow: windowMs,
    enableDraftSpec: true,
    errorResponseBuilder: (_request, { ttl }) => rateLimited(ttl),
  });
}
