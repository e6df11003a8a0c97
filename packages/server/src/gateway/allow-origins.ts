import { cors as connectCors } from "@connectrpc/connect";
import cors from "@fastify/cors";
import type { FastifyInstance } from "fastify";
import { requestIdHeader } from "./request-id.js";
import { timeoutHeader } from "./rest/index.js";

/** Lets pages of these origins call from a browser. Without any, browsers refuse every page but the gateway's own. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    origin: [...origins],
    // Connect uses the first two, the REST API all of them.
    methods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowedHeaders: [...connectCors.allowedHeaders, "Authorization", "Idempotency-Key", requestIdHeader, timeoutHeader],
    exposedHeaders: [
      ...connectCors.exposedHeaders,
      "Retry-After",
      "RateLimit-Limit",
      "RateLimit-Remaining",
      "RateLimit-Reset",
      requestIdHeader,
    ],
    // The longest that any browser remembers.
    maxAge: 86_400,
  });
}
