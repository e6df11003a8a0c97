import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance, LogController } from "fastify";
import { FrontDoor } from "../limits/front-door.js";
import { limitConnections } from "../limits/limit-connections.js";
import { allowOrigins } from "./allow-origins.js";
import { answerErrors, sendError } from "./answer-errors.js";
import { answerMalformed } from "./answer-malformed.js";
import { addDemoSession } from "./demo-session.js";
import { forwardCalls } from "./forward-calls.js";
import { forwardOperations } from "./forward-operations.js";
import { callerGone, deadlinePassed, queueFull } from "./gateway-error.js";
import { type GatewayOptions, type GatewaySettings, withDefaults } from "./gateway-options.js";
import { addHealthRoutes } from "./health-routes.js";
import { limitRate } from "./limit-rate.js";
import { logRequests } from "./log-requests.js";
import { requestIdHeader, requestIdOf } from "./request-id.js";
import { isRestPath, sendRestFailure, serveReference, serveRest } from "./rest/index.js";
import { serveWebApp } from "./serve-web-app.js";
import { spareLastAnswers } from "./spare-last-answers.js";
import { traceRequests } from "./trace-requests.js";
import { openUpstream } from "./upstream.js";
import { UpstreamReach } from "./upstream-reach.js";

/**
 * Builds the gateway: what browsers and HTTP/1.1 clients talk to. It forwards Connect and gRPC-Web calls to the gRPC
 * server and holds nothing itself: no store, no queue, no keys. The caller makes it `listen` and `close`.
 *
 * ```ts
 * const gateway = await createGateway({ upstream: "http://127.0.0.1:9090" });
 * await gateway.listen({ port: 8080 });
 * ```
 */
export async function createGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const settings = withDefaults(options);
  const upstream = openUpstream(settings.upstream);
  const app = createServer(settings);
  const reach = new UpstreamReach(upstream, settings.absenceMs, app.log);
  spareLastAnswers(app.server);
  // Behind a proxy, everybody comes from its address.
  limitConnections(app.server, { ...settings.connections, isExempt: () => settings.trustProxy !== false });

  app.addHook("onRequest", async (request, reply) => {
    // Each part that has to do with a call wants to know when its caller goes away.
    reply.raw.setMaxListeners(30);
    reply.headers({
      [requestIdHeader]: request.id,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
  });
  if (settings.tracing) traceRequests(app, settings.tracing);
  logRequests(app);
  // Before the rate limit, so that a page can read why it was refused.
  await allowOrigins(app, settings.corsOrigins);
  await limitRate(app, settings.rateLimit);
  answerErrors(app);

  const { leastAtOnce, onRefused } = settings;
  const errors = { queueFull, callerGone, deadlinePassed };
  const door = new FrontDoor({ leastAtOnce, errors, ...(onRefused && { onRefused }) });
  await app.register(forwardCalls, { upstream, reach, door, bodyLimitBytes: settings.bodyLimitBytes });
  await app.register(serveRest, { upstream, reach, door, origin: settings.upstream });
  await app.register(serveReference);
  addHealthRoutes(app, upstream, settings.upstream);
  if (settings.operations !== undefined) await forwardOperations(app, settings.operations);
  if (settings.demo) addDemoSession(app, settings.demo);
  if (settings.webRoot !== undefined) await serveWebApp(app, settings.webRoot);

  app.addHook("preClose", async () => {
    // Calls in flight may end; streams that go on for ever may not keep the process.
    setTimeout(() => app.server.closeAllConnections(), settings.drainTimeoutMs).unref();
    // From now on each answer says that its connection ends with it. Whoever calls on one as it closes is not answered.
    await sleep(settings.farewellMs);
  });
  app.addHook("onClose", async () => {
    // The ends of the last requests are told, and logged, right after that of the last connection.
    await setImmediate();
    upstream.abort();
  });
  return app;
}

function createServer(settings: GatewaySettings): FastifyInstance {
  return Fastify({
    ...(settings.logger === false ? { logger: false } : { loggerInstance: settings.logger }),
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: settings.trustProxy,
    genReqId: (request) => requestIdOf(request.headers),
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) =>
      isRestPath(request.url) ? sendRestFailure(error, request, reply) : sendError(error, request, reply),
    clientErrorHandler: answerMalformed,
    // While closing, calls are served as long as the gRPC server is there.
    return503OnClosing: false,
    forceCloseConnections: "idle",
    bodyLimit: settings.bodyLimitBytes,
    requestTimeout: settings.requestTimeoutMs,
    keepAliveTimeout: 65_000,
    http: {
      maxHeaderSize: 16 * 1024,
      headersTimeout: Math.min(10_000, settings.requestTimeoutMs),
      // By default Node looks only every 30 s whether a request is late.
      connectionsCheckingInterval: 1000,
    },
  });
}
