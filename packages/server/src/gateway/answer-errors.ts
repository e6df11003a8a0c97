import { Code, ConnectError } from "@connectrpc/connect";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errorAnswer } from "./error-answer.js";
import { GatewayError, nativeGrpcElsewhere, noSuchMethod } from "./gateway-error.js";
import { isRpcPath, rpcProtocolOf } from "./rpc-protocol.js";

/** Makes every failure of an instance leave in the shape of the Connect protocol, and logs it, here and nowhere else. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: unknown, request, reply) => sendError(error, request, reply));
  // Callers that guess at paths count against their limit like all others.
  app.setNotFoundHandler({ preHandler: app.rateLimit() }, (request, reply) =>
    sendError(isRpcPath(request.url) ? unservedMethod(request) : noSuchPath(request), request, reply),
  );
}

/** Sends a failure to the caller. */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const converted = toConnectError(error);
  const answer = errorAnswer(converted, isRpcPath(request.url) ? request.headers["content-type"] : undefined);
  const level = levelOf(answer.status);
  request.server.log[level]({ err: error, requestId: request.id }, converted.rawMessage);
  // A caller that is still sending reads the answer only when all it sends is taken.
  request.raw.unpipe();
  request.raw.resume();
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

/** What is behind the gateway, or the time, has run out on the caller; that is to be known, and is no fault of this code. */
function levelOf(status: number): "error" | "warn" | "debug" {
  if (status < 500) return "debug";
  return status === 500 ? "error" : "warn";
}

/** What the caller should see of a failure, whatever it is. */
export function toConnectError(error: unknown): ConnectError {
  if (error instanceof ConnectError) return error;
  const { statusCode, message } = error as Partial<FastifyError>;
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new GatewayError(message ?? "The request is malformed.", codeOf(statusCode), { httpStatus: statusCode });
  }
  // What went wrong inside is for the log; the caller has the request id to ask about it.
  return new GatewayError("The gateway failed.", Code.Internal, { cause: error });
}

function codeOf(clientErrorStatus: number): Code {
  return clientErrorStatus === 413 || clientErrorStatus === 414 ? Code.ResourceExhausted : Code.InvalidArgument;
}

function unservedMethod(request: FastifyRequest): GatewayError {
  return rpcProtocolOf(request.headers["content-type"]) === "grpc" ? nativeGrpcElsewhere() : noSuchMethod();
}

function noSuchPath(request: FastifyRequest): GatewayError {
  return new GatewayError(`There is nothing at ${request.method} ${pathOf(request.url)}.`, Code.NotFound);
}

function pathOf(url: string): string {
  return url.split("?", 1)[0] ?? url;
}
