import { Code, type Transport } from "@connectrpc/connect";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FrontDoor } from "../../limits/front-door.js";
import { laneOf } from "../find-lane.js";
import { GatewayError } from "../gateway-error.js";
import { goneSignal } from "../gone-signal.js";
import { logPathAs } from "../logged-path.js";
import { hasWork } from "../server-timing.js";
import type { Upstream } from "../upstream.js";
import type { UpstreamReach } from "../upstream-reach.js";
import { callStream, callUnary, openTransport } from "./call-upstream.js";
import { invalidRequest } from "./invalid-request.js";
import { callHeaders, limitHeaders } from "./passed-headers.js";
import { MalformedPath } from "./path-text.js";
import { readRequest } from "./read-request.js";
import { responseJson } from "./response-json.js";
import { publicServices, publicTypes, routesOf } from "./rest-services.js";
import type { Route } from "./route.js";
import type { RouteTable } from "./route-table.js";
import { nothingAt, sendRestError, wrongMethod } from "./send-error.js";
import { timeoutOf } from "./timeout-header.js";
import { writeStream } from "./write-stream.js";

const registry = publicTypes;
const { table, routes } = routesOf(publicServices);

// Fastify finds the folder, the table finds the route in it: its templates have verbs and priorities of their own.
const folders = new Set(routes.map(({ template: { segments } }) => segments[0]).map(folderOf));

/**
 * Serves the API as JSON over plain HTTP, at the paths that its `google.api.http` options give: takes each request
 * apart, makes the call, and writes the answer out.
 */
export async function serveRest(
  app: FastifyInstance,
  { upstream, reach, door, origin }: { upstream: Upstream; reach: UpstreamReach; door: FrontDoor; origin: string },
): Promise<void> {
  const transport = openTransport(upstream, origin);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, request, reply) => sendRestError(error, request, reply, registry));
  for (const folder of folders) {
    app.route({
      method: app.supportedMethods,
      url: `/${folder}/*`,
      handler: (request, reply) => answer({ transport, reach, door }, request, reply),
    });
  }
}

/** Sends a failure of Fastify's own, at a path of the REST API. */
export function sendRestFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return sendRestError(error, request, reply, registry);
}

/** Tells whether a path is one of the REST API, whether or not anything is there. */
export function isRestPath(url: string): boolean {
  return folders.has(url.split("/", 2)[1] ?? "");
}

interface RestParts {
  readonly transport: Transport;
  readonly reach: UpstreamReach;
  readonly door: FrontDoor;
}

async function answer(
  { transport, reach, door }: RestParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const { path, query } = partsOf(request.raw.url ?? "");
  logPathAs(request, request.routeOptions.url ?? "");
  const { route, rawSegments } = find(table, request.method, path, reply);
  logPathAs(request, route.template.text);
  const message = readRequest(route, { rawSegments, query, body: bodyOf(request) });
  const signal = goneSignal(reply);
  const deadlineMs = timeoutOf(request.headers);
  const waitedMs = await reach.untilThere({ timeoutMs: deadlineMs, answer: reply.raw });
  const timeoutMs = remaining(deadlineMs, waitedMs);
  const call = { message, headers: callHeaders(request), timeoutMs, signal };
  if (route.method.methodKind === "server_streaming") {
    const opening = callStream(transport, route.method, call);
    await writeStream(route, opening, request, reply, { registry, signal });
    return undefined;
  }
  const { method } = route;
  const response = await door.through(
    { lane: laneOf(method, message), timeoutMs, gone: signal },
    (passedMs) => callUnary(transport, method, { ...call, timeoutMs: remaining(timeoutMs, passedMs) }),
    ({ header }) => hasWork(header.get("server-timing")),
  );
  return reply
    .headers(limitHeaders(response.header))
    .type("application/json")
    .send(JSON.stringify(responseJson(route, response.message, registry)));
}

function remaining(timeoutMs: number | undefined, passedMs: number): number | undefined {
  return timeoutMs && Math.max(1, Math.ceil(timeoutMs - passedMs));
}

function partsOf(url: string): { path: string; query: string } {
  const at = url.indexOf("?");
  return at === -1 ? { path: url, query: "" } : { path: url.slice(0, at), query: url.slice(at + 1) };
}

function find(routesByPath: RouteTable<Route>, method: string, path: string, reply: FastifyReply) {
  const found = lookUp(routesByPath, method, path);
  if (found.kind === "nothing") throw nothingAt(method, path);
  if (found.kind === "wrong-method") {
    reply.header("allow", found.allowed.join(", "));
    throw wrongMethod(method, path, found.allowed);
  }
  return { route: found.target, rawSegments: found.rawSegments };
}

function lookUp(routesByPath: RouteTable<Route>, method: string, path: string) {
  try {
    return routesByPath.find(method, path);
  } catch (error) {
    throw error instanceof MalformedPath ? invalidRequest(`The path is malformed: ${error.message}.`, error) : error;
  }
}

function bodyOf({ headers, body, method }: FastifyRequest): Uint8Array {
  // Fastify reads no body of a GET; whoever sends one thinks that it counts.
  const unread = method === "GET" && (Number(headers["content-length"] ?? 0) > 0 || "transfer-encoding" in headers);
  if (unread) throw invalidRequest("GET takes no body: its fields go into the path and the query.");
  if (!Buffer.isBuffer(body) || body.length === 0) return new Uint8Array();
  const { "content-encoding": encoding = "identity", "content-type": type = "application/json" } = headers;
  if (encoding !== "identity") throw unsupported(`a body compressed with ${encoding}`, "send it as it is");
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type.trim()))
    throw unsupported(`a body of ${type}`, "send application/json");
  return body;
}

function unsupported(what: string, instead: string): GatewayError {
  return new GatewayError(`The REST API does not read ${what}: ${instead}.`, Code.InvalidArgument, { httpStatus: 415 });
}

function folderOf(segment: Route["template"]["segments"][number] | undefined): string {
  if (typeof segment === "object") return segment.literal;
  throw new Error("A path of the REST API must begin with a literal.");
}
