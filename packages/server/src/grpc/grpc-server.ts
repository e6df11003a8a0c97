import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import {
  AccountService,
  ActivityService,
  CatalogService,
  MatchService,
  ModelService,
  PersonService,
} from "@cinedeepmatch/contract";
import { health, reflection } from "@cinedeepmatch/contract/grpc";
import { WorkerService } from "@cinedeepmatch/contract/worker";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { createAccountService } from "./account-service.js";
import { createActivityService } from "./activity-service.js";
import { type BorderLog, createBorderInterceptor } from "./border-interceptor.js";
import { createCatalogService } from "./catalog-service.js";
import { createHealthService } from "./health-service.js";
import { createMatchService } from "./match-service.js";
import { createModelService } from "./model-service.js";
import { createPeerAddress } from "./peer-address.js";
import { createPersonService } from "./person-service.js";
import { createReflectionService } from "./reflection-service.js";
import { createRequestGate, type GateLog, type Verifiers } from "./request-gate.js";
import { createWorkerService } from "./worker-service.js";

/** Every service of the port, in the order in which reflection lists them. */
export const SERVICES = [
  MatchService,
  CatalogService,
  PersonService,
  ActivityService,
  AccountService,
  ModelService,
  WorkerService,
  health.Health,
  reflection.ServerReflection,
] as const;

/** What a gRPC server is made of. */
export interface GrpcServerOptions {
  readonly host: string;
  /** 0 for a free port. */
  readonly port: number;
  /** Addresses or networks of gateways on other machines, believed about the caller's address. None unless given. */
  readonly trustedProxies?: readonly string[];
  readonly verifiers: Verifiers;
  readonly log: GateLog & BorderLog;
  readonly isReady: () => boolean;
  readonly match: Parameters<typeof createMatchService>[0];
  readonly catalog: Parameters<typeof createCatalogService>[0];
  readonly activity: Parameters<typeof createActivityService>[0];
  readonly account: Parameters<typeof createAccountService>[0];
  readonly model: Parameters<typeof createModelService>[0];
  readonly worker: Parameters<typeof createWorkerService>[0];
}

/** A running gRPC server. */
export interface GrpcServer {
  /** For example `http://127.0.0.1:9090`. */
  readonly url: string;
  /** Lets running calls end, for at most `graceMs`, and closes. */
  close(graceMs: number): Promise<void>;
}

/** Large enough for an import's batch; far below what could hurt. */
const READ_MAX_BYTES = 4 * 1024 * 1024;
const MAX_TIMEOUT_MS = 60 * 60_000;
const MAX_STREAMS_PER_CONNECTION = 256;

/** Serves gRPC, gRPC-Web and Connect on one HTTP/2 port without TLS. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  const shutdown = new AbortController();
  const handler = connectNodeAdapter({
    routes: (router) => addRoutes(router, options),
    contextValues: createPeerAddress(options.trustedProxies ?? []),
    requestGate: createRequestGate(options.verifiers, options.log),
    interceptors: [createBorderInterceptor(options.log)],
    readMaxBytes: READ_MAX_BYTES,
    maxTimeoutMs: MAX_TIMEOUT_MS,
    shutdownSignal: shutdown.signal,
  });
  const server = createServer({ settings: { maxConcurrentStreams: MAX_STREAMS_PER_CONNECTION } }, handler);
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    // A broken connection is its peer's affair.
    session.on("error", () => {});
  });
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    close: (graceMs) => close(server, sessions, shutdown, graceMs),
  };
}

function addRoutes(router: ConnectRouter, options: GrpcServerOptions): void {
  router.service(MatchService, createMatchService(options.match));
  router.service(CatalogService, createCatalogService(options.catalog));
  router.service(PersonService, createPersonService(options.catalog));
  router.service(ActivityService, createActivityService(options.activity));
  router.service(AccountService, createAccountService(options.account));
  router.service(ModelService, createModelService(options.model));
  router.service(WorkerService, createWorkerService(options.worker));
  const services = SERVICES.map(({ typeName }) => typeName);
  router.service(health.Health, createHealthService({ isReady: options.isReady, services }));
  router.service(reflection.ServerReflection, createReflectionService(SERVICES));
}

function listen(server: Http2Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function close(
  server: Http2Server,
  sessions: ReadonlySet<ServerHttp2Session>,
  shutdown: AbortController,
  graceMs: number,
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const session of sessions) session.close();
  // Streams that never end by themselves, such as the catalogue feed, end with the signal.
  const timer = setTimeout(() => {
    shutdown.abort();
    for (const session of sessions) session.destroy();
  }, graceMs);
  await closed;
  clearTimeout(timer);
}
