import { Code, type ConnectError } from "@connectrpc/connect";
import { codeToHttpStatus, endStreamFlag, endStreamToJson, errorToJson } from "@connectrpc/connect/protocol-connect";
import { setTrailerStatus } from "@connectrpc/connect/protocol-grpc";
import { GatewayError } from "./gateway-error.js";
import { rpcProtocolOf } from "./rpc-protocol.js";

/** A failure, written for one protocol. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Writes a failure as the caller's protocol wants it: Connect as JSON with an HTTP status, a Connect stream as its last
 * message, gRPC and gRPC-Web as a status in the headers ("trailers-only").
 */
export function errorAnswer(error: ConnectError, contentType: string | undefined): ErrorAnswer {
  const headers = retryAfterOf(error);
  switch (rpcProtocolOf(contentType)) {
    case "connect-unary":
      return {
        status: statusOf(error),
        headers: { ...headers, "content-type": "application/json" },
        body: Buffer.from(JSON.stringify(errorToJson(error, undefined))),
      };
    case "connect-stream":
      // A stream's HTTP status is always 200; with another one, clients ignore what the body says.
      return {
        status: 200,
        headers: { ...headers, "content-type": contentType as string },
        body: enveloped(JSON.stringify(endStreamToJson(new Headers(), error, undefined))),
      };
    case "grpc-web":
    case "grpc":
      return {
        status: 200,
        headers: {
          ...headers,
          "content-type": contentType as string,
          ...Object.fromEntries(setTrailerStatus(new Headers(), error)),
        },
        body: Buffer.alloc(0),
      };
  }
}

function enveloped(json: string): Buffer {
  const data = Buffer.from(json);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(endStreamFlag, 0);
  prefix.writeUInt32BE(data.length, 1);
  return Buffer.concat([prefix, data]);
}

function statusOf(error: ConnectError): number {
  const own = error instanceof GatewayError ? error.httpStatus : undefined;
  return own ?? (error.code === Code.Canceled ? 499 : codeToHttpStatus(error.code));
}

function retryAfterOf(error: ConnectError): Record<string, string> {
  const ms = error instanceof GatewayError ? error.retryAfterMs : undefined;
  return ms === undefined ? {} : retryAfterHeaders(ms);
}

/** The headers that say when to try again. */
export function retryAfterHeaders(ms: number): Record<string, string> {
  return { "retry-after": String(Math.max(1, Math.ceil(ms / 1000))), "retry-after-ms": String(Math.ceil(ms)) };
}
