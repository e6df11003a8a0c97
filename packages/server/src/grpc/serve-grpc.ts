import { createServer, type Http2Server } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { type ConnectionLimits, limitConnections } from "../limits/limit-connections.js";
import type { Tracing } from "../matching/tracing.js";
import { type BorderLog, createBorderInterceptor } from "./border-interceptor.js";
import { createStreamGuard } from "./end-revoked-streams.js";
import { createStreamEnder } from "./end-streams.js";
import { SessionGuard } from "./guard-sessions.js";
import { streamTakers } from "./method-paths.js";
import { createPeerAddress, trustProxies } from "./peer-address.js";
import { refuseUnreadable } from "./refuse-unreadable.js";
import type { GateLog, Verifiers } from "./request-gate.js";
import type { ServedService } from "./services.js";
import { DEFAULT_SESSION_LIMITS, http2Options, type SessionLimits } from "./session-limits.js";
import { createTraceInterceptor } from "./trace-calls.js";

/** How a port is served. */
export interface GrpcPortOptions {
  readonly host: string;
  /** 0 for a free port. */
  readonly port: number;
  /** Addresses or networks of gateways on other machines, believed about the caller's address. None unless given. */
  readonly trustedProxies?: readonly string[];
  readonly verifiers: Verifiers;
  readonly log: GateLog & BorderLog;
  readonly sessionLimits?: SessionLimits;
  readonly connectionLimits?: Pick<ConnectionLimits, "total" | "perAddress">;
  readonly tracing?: Tracing | undefined;
}

/** What is served on it, and who is let in. */
export interface GrpcPortContent {
  readonly services: readonly ServedService[];
  readonly requestGate: (context: HandlerContext) => Promise<void>;
}

/** A running gRPC server. */
export interface GrpcServer {
  /** For example `http://127.0.0.1:9090`. */
  readonly url: string;
  /** Lets running calls end, for at most `graceMs`, and closes. */
  close(graceMs: number): Promise<void>;
}

const MAX_TIMEOUT_MS = 60 * 60_000;
const CONNECTIONS = { total: 4_000, perAddress: 256 };

/** Serves gRPC, gRPC-Web and Connect on one HTTP/2 port without TLS. */
export async function serveGrpc(
  options: GrpcPortOptions,
  { services, requestGate }: GrpcPortContent,
): Promise<GrpcServer> {
  const { log, sessionLimits: limits = DEFAULT_SESSION_LIMITS } = options;
  const isGateway = trustProxies(options.trustedProxies ?? []);
  const [stopping, shutdown] = [new AbortController(), new AbortController()];
  const tracers = options.tracing ? [createTraceInterceptor(options.tracing)] : [];
  const handler = connectNodeAdapter({
    routes(router) {
      for (const { service, implementation, ...handling } of services) {
        router.service(service, implementation, handling);
      }
    },
    contextValues: createPeerAddress(isGateway),
    requestGate,
    interceptors: [
      ...tracers,
      createBorderInterceptor(log),
      createStreamEnder(stopping.signal),
      createStreamGuard(options.verifiers),
    ],
    maxTimeoutMs: MAX_TIMEOUT_MS,
    shutdownSignal: shutdown.signal,
  });
  const server = createServer(http2Options(limits), refuseUnreadable(handler, limits.maxHeaderBytes));
  const takesStream = streamTakers(services.map(({ service }) => service));
  const guard = new SessionGuard(server, { limits, isGateway, takesStream, log });
  const sockets = trackSockets(server);
  const isBanned = (network: string) => guard.isBanned(network);
  limitConnections(server, { ...CONNECTIONS, ...options.connectionLimits, isExempt: isGateway, isBanned });
  await listen(server, options.port, options.host);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    close: (graceMs) => close(server, { guard, sockets, stopping, shutdown }, graceMs),
  };
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

/** Every connection that is open, those included whose session has ended. */
function trackSockets(server: Http2Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

interface Open {
  readonly guard: SessionGuard;
  readonly sockets: ReadonlySet<Socket>;
  readonly stopping: AbortController;
  readonly shutdown: AbortController;
}

async function close(server: Http2Server, open: Open, graceMs: number): Promise<void> {
  const { guard, sockets, stopping, shutdown } = open;
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  stopping.abort();
  for (const session of guard.sessions) session.close();
  // Calls that have not ended by then, imports among them, end with the signal.
  const timer = setTimeout(() => {
    shutdown.abort();
    for (const session of guard.sessions) session.destroy();
    // A session that has ended keeps its connection until the peer ends it too, which some never do.
    for (const socket of sockets) socket.destroy();
  }, graceMs);
  await closed;
  clearTimeout(timer);
  guard.close();
}
