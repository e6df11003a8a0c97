import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Registry } from "prom-client";
import { type AdminOptions, addAdmin } from "./add-admin.js";

/** What an operations server is made of. */
export interface OperationsOptions {
  readonly host: string;
  /** 0 for a free port; 9091 unless given, or a free one where that is taken. */
  readonly port: number | undefined;
  readonly registry: Registry;
  /** Whether the process can do now what it is for. */
  readonly isReady: () => boolean;
  /** The queue's dashboard, and who may see it. Without it there is nothing at /admin. */
  readonly admin?: AdminOptions;
  /** Addresses or networks of gateways on other machines, believed about the caller's address. */
  readonly trustedProxies?: readonly string[];
  readonly log: FastifyBaseLogger;
}

/** A running operations server. */
export interface OperationsServer {
  /** For example `http://127.0.0.1:9091`. */
  readonly url: string;
  close(): Promise<void>;
}

const DEFAULT_PORT = 9091;
const listenTextResolver = (address: string) => `operations at ${address}`;

/** Serves those who run the server, over HTTP/1.1: /metrics, /livez, /readyz and, where there is one, /admin. */
export async function startOperationsServer(options: OperationsOptions): Promise<OperationsServer> {
  const app = await createApp(options);
  await listen(app, options);
  const { address, port, family } = app.server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${port}`,
    close: () => app.close(),
  };
}

async function createApp(options: OperationsOptions): Promise<FastifyInstance> {
  const { registry, isReady, admin, trustedProxies = [] } = options;
  const app = Fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    requestIdHeader: "x-request-id",
    genReqId: () => randomUUID(),
    trustProxy: ["127.0.0.1", "::1", ...trustedProxies],
    bodyLimit: 64 * 1024,
    requestTimeout: 10_000,
    forceCloseConnections: true,
  });
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
  });
  app.get("/metrics", async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.get("/livez", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) =>
    isReady() ? { status: "ok" } : reply.code(503).send({ status: "unavailable" }),
  );
  if (admin) await addAdmin(app, admin);
  return app;
}

/** Several roles on one machine would all have the same port by default; none should fail for its metrics. */
async function listen(app: FastifyInstance, { host, port, log }: OperationsOptions): Promise<void> {
  try {
    await app.listen({ host, port: port ?? DEFAULT_PORT, listenTextResolver });
  } catch (error) {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    const url = await app.listen({ host, port: 0, listenTextResolver });
    log.warn(
      { url },
      `port ${DEFAULT_PORT} is taken; operations are served on a free port: set OPS_PORT to choose one`,
    );
  }
}
