import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyBaseLogger } from "fastify";
import type { Logger } from "pino";
import { createGateway, type DemoOptions, type OnRefused } from "../gateway/index.js";
import type { Tracing } from "../matching/tracing.js";
import type { Config } from "./config.js";
import type { Closable } from "./teardown.js";

/** A running gateway. */
export interface GatewayRole extends Closable {
  readonly url: string;
}

/** What a gateway has behind it, and who hears of it. */
export interface GatewayRoleOptions {
  readonly upstream: string;
  readonly operations?: string | undefined;
  readonly leastAtOnce?: number;
  readonly demo?: DemoOptions;
  readonly tracing?: Tracing | undefined;
  readonly onRefused?: OnRefused;
}

const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** Starts the gateway in front of a gRPC server. */
export async function startGatewayRole(config: Config, options: GatewayRoleOptions, log: Logger): Promise<GatewayRole> {
  const webRoot = options.demo && findDemoPage();
  const gateway = await createGateway({
    upstream: options.upstream,
    ...(options.operations !== undefined && { operations: options.operations }),
    corsOrigins: config.corsOrigins,
    rateLimit: { max: config.gatewayRate?.limit ?? NO_LIMIT, windowMs: config.gatewayRate?.windowMs ?? 1_000 },
    ...(config.trustedProxies.length > 0 && { trustProxy: [...config.trustedProxies] }),
    logger: log as FastifyBaseLogger,
    ...(options.tracing && { tracing: options.tracing }),
    ...(options.demo && { demo: options.demo }),
    ...(options.leastAtOnce !== undefined && { leastAtOnce: options.leastAtOnce }),
    ...(options.onRefused && { onRefused: options.onRefused }),
    ...(webRoot !== undefined && { webRoot }),
  });
  const url = await gateway.listen({ host: config.host, port: config.gatewayPort });
  return { url, close: () => gateway.close() };
}

/** The built browser example, when this is a checkout that has it. */
function findDemoPage(): string | undefined {
  const page = fileURLToPath(new URL("../../../../examples/browser/dist", import.meta.url));
  return existsSync(join(page, "index.html")) ? page : undefined;
}
