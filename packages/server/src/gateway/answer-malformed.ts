import type { Socket } from "node:net";
import { Code } from "@connectrpc/connect";
import { errorAnswer } from "./error-answer.js";
import { GatewayError, nativeGrpcElsewhere } from "./gateway-error.js";

type ParseError = Error & { code?: string | undefined; rawPacket?: unknown };

/** Answers what cannot be read as an HTTP/1.1 request, then hangs up. */
export function answerMalformed(error: ParseError, socket: Socket): void {
  if (socket.writable && error.code !== "ECONNRESET") {
    socket.write(isHttp2(error) ? http2Refusal() : httpRefusal(refusalOf(error)));
  }
  socket.destroySoon();
}

function refusalOf({ code, cause }: ParseError): GatewayError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new GatewayError("The request took too long to arrive.", Code.DeadlineExceeded, { httpStatus: 408 });
    case "HPE_HEADER_OVERFLOW":
      return new GatewayError("The headers are too large.", Code.ResourceExhausted, { httpStatus: 431 });
    default:
      return new GatewayError("This is not an HTTP/1.1 request.", Code.InvalidArgument, { httpStatus: 400, cause });
  }
}

function httpRefusal(error: GatewayError): Buffer {
  const { status, headers, body } = errorAnswer(error, undefined);
  const lines = Object.entries({ ...headers, "content-length": body.length, connection: "close" });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${error.rawMessage}\r\n${head}\r\n`), body]);
}

function isHttp2({ code, rawPacket }: ParseError): boolean {
  return code === "HPE_PAUSED_H2_UPGRADE" || (Buffer.isBuffer(rawPacket) && rawPacket.indexOf("PRI * HTTP/2.0") === 0);
}

// Native gRPC clients speak HTTP/2 from the first byte. Two frames tell them, in their own log, where to go instead.
function http2Refusal(): Buffer {
  const settings = frame(0x4, Buffer.alloc(0));
  const lastStreamAndCode = Buffer.alloc(8);
  lastStreamAndCode.writeUInt32BE(0xd, 4); // HTTP_1_1_REQUIRED
  const goAway = frame(0x7, Buffer.concat([lastStreamAndCode, Buffer.from(nativeGrpcElsewhere().rawMessage)]));
  return Buffer.concat([settings, goAway]);
}

function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, payload]);
}
