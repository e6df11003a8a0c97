import type { FastifyBaseLogger } from "fastify";
import type { Logger } from "pino";
import type { Tracing } from "../matching/tracing.js";
import { createGatewayMetrics } from "../telemetry/gateway-metrics.js";
import { openRegistry } from "../telemetry/open-registry.js";
import { startOperationsServer } from "../telemetry/operations-server.js";
import type { Config } from "./config.js";
import { type GatewayRole, startGatewayRole } from "./gateway-role.js";
import { Teardown } from "./teardown.js";

/** A gateway in a process of its own. */
export interface RemoteGateway extends GatewayRole {
  /** Where its metrics are. */
  readonly opsUrl: string;
}

/** Starts a gateway apart from its server. */
export async function startRemoteGateway(config: Config, log: Logger, tracing?: Tracing): Promise<RemoteGateway> {
  const { host, opsPort: port, grpcUrl: upstream, opsUrl: operations } = config;
  const teardown = new Teardown();
  try {
    const registry = openRegistry();
    const onRefused = createGatewayMetrics(registry);
    const gateway = teardown.add(await startGatewayRole(config, { upstream, operations, tracing, onRefused }, log));
    // Whether it can do its work it says on its own port.
    const served = { host, port, registry, isReady: () => true, log: log as FastifyBaseLogger };
    const { url: opsUrl } = teardown.add(await startOperationsServer(served));
    return { url: gateway.url, opsUrl, close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}
