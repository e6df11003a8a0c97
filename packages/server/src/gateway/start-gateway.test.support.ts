import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import { createGateway } from "./create-gateway.js";
import type { GatewayOptions } from "./gateway-options.js";

/** A gateway that listens on a free port. */
export interface TestGateway extends AsyncDisposable {
  app: FastifyInstance;
  url: string;
  port: number;
}

/** Starts a gateway for a test. */
export async function startGateway(options: GatewayOptions): Promise<TestGateway> {
  const app = await createGateway({ farewellMs: 0, drainTimeoutMs: 500, ...options });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => app.close() };
}
