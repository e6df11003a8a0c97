import type { DescMethodServerStreaming, DescMethodUnary, Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type StreamResponse, type Transport, type UnaryResponse } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { callerGone, deadlinePassed, serverUnreached, upstreamUnavailable } from "../gateway-error.js";
import type { Upstream } from "../upstream.js";

/** A call that is ready to go. */
export interface Call {
  readonly message: Message;
  readonly headers: Headers;
  readonly timeoutMs: number | undefined;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
}

/** A client of whatever method, over the gateway's connection to the gRPC server. */
export function openTransport(upstream: Upstream, origin: string): Transport {
  return createConnectTransport({
    baseUrl: origin,
    httpVersion: "2",
    sessionManager: upstream,
    // Both ends usually share a machine or a rack, where compressing costs more than it saves.
    acceptCompression: [],
  });
}

/** Makes a call and awaits its answer. Fails as the caller should see it. */
export async function callUnary(transport: Transport, method: DescMethodUnary, call: Call): Promise<UnaryResponse> {
  try {
    return await transport.unary(method, call.signal, call.timeoutMs, call.headers, call.message);
  } catch (error) {
    throw callFailure(error, call.signal);
  }
}

/** Makes a call that is answered by a stream. Its failures, and the stream's, are for `callFailure`. */
export function callStream(
  transport: Transport,
  method: DescMethodServerStreaming,
  { message, headers, timeoutMs, signal }: Call,
): Promise<StreamResponse> {
  return transport.stream(method, signal, timeoutMs, headers, once(message));
}

/** What the caller should see of a failed call: the server's own error, or why there is none. */
export function callFailure(error: unknown, signal: AbortSignal): ConnectError {
  const failure = ConnectError.from(error);
  if (signal.aborted) return callerGone();
  // The server's own errors come over the wire; all others are about the connection to it, and how they are worded
  // is for the log.
  if (failure.isWireError) return failure;
  if (failure.code === Code.DeadlineExceeded) return deadlinePassed(error);
  // See forwardCall.
  return failure.rawMessage.includes("REFUSED_STREAM") ? serverUnreached(error) : upstreamUnavailable(error);
}

async function* once(message: Message): AsyncIterable<Message> {
  yield message;
}
