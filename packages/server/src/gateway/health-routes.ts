import { health } from "@cinedeepmatch/contract/grpc";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import type { FastifyInstance } from "fastify";
import type { Upstream } from "./upstream.js";

const unlimited = { config: { rateLimit: false } } as const;

/** `/livez`: this process answers. `/readyz`: the gRPC server says that it serves. */
export function addHealthRoutes(app: FastifyInstance, upstream: Upstream, origin: string): void {
  const client = createClient(health.Health, createGrpcTransport({ baseUrl: origin, sessionManager: upstream }));

  app.get("/livez", unlimited, async () => ({ status: "ok" }));

  app.get("/readyz", unlimited, async (_request, reply) => {
    reply.header("cache-control", "no-store");
    try {
      const { status } = await client.check({}, { timeoutMs: 1800 });
      if (status === health.HealthCheckResponse_ServingStatus.SERVING) return { status: "ok" };
      return reply.code(503).send({ status: "unavailable", message: "The gRPC server does not serve yet." });
    } catch (error) {
      app.log.warn({ err: error }, "The gRPC server does not answer its health check");
      return reply.code(503).send({ status: "unavailable", message: "The gRPC server does not answer." });
    }
  });
}
