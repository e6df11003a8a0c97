import type { Registry } from "@bufbuild/protobuf";
import { Code, type ConnectError } from "@connectrpc/connect";
import type { FastifyReply, FastifyRequest } from "fastify";
import { toConnectError } from "../answer-errors.js";
import { retryAfterHeaders } from "../error-answer.js";
import { bodyTooLarge, GatewayError } from "../gateway-error.js";
import { httpStatusOf } from "./http-status.js";
import { limitHeaders } from "./passed-headers.js";
import { statusJson } from "./status-json.js";

/** Sends a failure as `google.rpc.Status`, with the HTTP status of its code, and logs it, here and nowhere else. */
export function sendRestError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  registry: Registry,
): FastifyReply {
  const failure = convert(error, request);
  const status = httpStatusOf(failure);
  logFailure(failure, error, request);
  // A caller that is still sending reads the answer only when all it sends is taken.
  request.raw.unpipe();
  request.raw.resume();
  return reply
    .code(status)
    .headers({ ...limitHeaders(failure.metadata), ...retryAfterOf(failure) })
    .headers(status === 401 ? { "www-authenticate": "Bearer" } : {})
    .type("application/json")
    .send(JSON.stringify(statusJson(failure, registry)));
}

/** Logs a failed call: loudly where the gateway is at fault. The gRPC server has logged its own failures. */
export function logFailure(failure: ConnectError, error: unknown, request: FastifyRequest): void {
  const level = httpStatusOf(failure) >= 500 && !failure.isWireError ? "error" : "debug";
  request.server.log[level]({ err: error, requestId: request.id }, failure.rawMessage);
}

function convert(error: unknown, request: FastifyRequest): ConnectError {
  const { code } = error as { code?: unknown };
  return code === "FST_ERR_CTP_BODY_TOO_LARGE" ? bodyTooLarge(request.routeOptions.bodyLimit) : toConnectError(error);
}

function retryAfterOf(failure: ConnectError): Record<string, string> {
  const own = failure instanceof GatewayError ? failure.retryAfterMs : undefined;
  const ms = own ?? Number(failure.metadata.get("retry-after-ms") ?? Number.NaN);
  if (!Number.isFinite(ms) || failure.metadata.has("retry-after")) return {};
  return retryAfterHeaders(ms);
}

/** Nothing is served at a path. */
export function nothingAt(method: string, path: string): GatewayError {
  return new GatewayError(`There is nothing at ${method} ${path}.`, Code.NotFound);
}

/** A path is served, but not with this method. */
export function wrongMethod(method: string, path: string, allowed: readonly string[]): GatewayError {
  const message = `${method} does not work at ${path}: use ${allowed.join(" or ")}.`;
  return new GatewayError(message, Code.Unimplemented, { httpStatus: 405 });
}
