import type { Logger } from "pino";
import type { DemoOptions } from "../gateway/index.js";
import { USER_TOKEN_SCOPES } from "../grpc/scopes.js";
import type { Tracing } from "../matching/tracing.js";
import { createGatewayMetrics } from "../telemetry/gateway-metrics.js";
import type { Config } from "./config.js";
import { ensureFirstToken } from "./first-token.js";
import { type GrpcRole, startGrpcRole } from "./grpc-role.js";
import { startGatewayThread } from "./start-gateway-thread.js";
import { Teardown } from "./teardown.js";
import { localWorkerToken, startWorkerRole } from "./worker-role.js";

/** Everything in one process. */
export interface AllInOne {
  readonly gatewayUrl: string;
  readonly grpcUrl: string;
  /** Where metrics, health and the queue's dashboard are. */
  readonly opsUrl: string;
  /** The owner's token, and whether it was made just now. */
  readonly token: string;
  readonly isNewToken: boolean;
  close(): Promise<void>;
}

const DEMO_TOKEN_LIFE_MS = 3_600_000;

/** Starts the gRPC server, a model worker and the gateway, in the order in which they need each other. */
export async function startAllInOne(
  config: Config,
  options: { demo: boolean; tracing?: Tracing | undefined },
  log: Logger,
): Promise<AllInOne> {
  const teardown = new Teardown();
  try {
    const grpc = teardown.add(await startGrpcRole(config, log, options.tracing));
    const { token, isNew } = await ensureFirstToken(config.dataDirectory, { ring: grpc.keys.client, ...grpc.accounts });
    const { keys, backend, texts } = grpc;
    const worker = { ring: keys.model, token: localWorkerToken(keys.model), texts };
    const connections = { grpcUrl: grpc.url, backend, ...worker, tracing: options.tracing };
    teardown.add(await startWorkerRole(connections, grpc.telemetry.registry, log));
    const demo = options.demo ? demoSessions(grpc) : undefined;
    const onRefused = createGatewayMetrics(grpc.telemetry.registry);
    const { leastAtOnce } = backend;
    const behind = { upstream: grpc.url, operations: grpc.opsUrl, leastAtOnce, demo, onRefused };
    const gateway = teardown.add(await startGatewayThread(config, behind));
    const urls = { gatewayUrl: gateway.url, grpcUrl: grpc.url, opsUrl: grpc.opsUrl };
    return { ...urls, token, isNewToken: isNew, close: () => teardown.close() };
  } catch (error) {
    await teardown.close();
    throw error;
  }
}

/** What an app's back end does with MintUserToken, for the demo page on the owner's own machine. */
function demoSessions({ accounts }: GrpcRole): DemoOptions {
  return {
    async mintToken() {
      const expiresAt = Date.now() + DEMO_TOKEN_LIFE_MS;
      const claims = { subject: "demo", userId: "demo", scopes: USER_TOKEN_SCOPES, expiresAt };
      const { token } = await accounts.issuer.issue(claims);
      return { token, expireTime: new Date(expiresAt), userId: "demo" };
    },
  };
}
