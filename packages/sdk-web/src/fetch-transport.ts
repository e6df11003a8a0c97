import type { DescMethod } from "@bufbuild/protobuf";
import { keepaliveKey } from "@cinedeepmatch/sdk-core";
import {
  appendHeaders,
  type ContextValues,
  createContextValues,
  type Interceptor,
  type StreamRequest,
  type Transport,
  type UnaryRequest,
} from "@connectrpc/connect";
import { createMethodUrl, encodeEnvelope, runStreamingCall, runUnaryCall } from "@connectrpc/connect/protocol";
import { errorFromJson, requestHeader, trailerDemux, validateResponse } from "@connectrpc/connect/protocol-connect";
import { parse, serialize } from "./message-bytes.js";
import { readStream } from "./read-stream.js";

/** What a transport over fetch is made of. */
export interface FetchTransportOptions {
  readonly baseUrl: string;
  readonly interceptors: Interceptor[];
  /** The browser's unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * Speaks Connect's binary format over fetch, with methods that have one request. In place of connect-web's transport,
 * which brings the JSON format along and is a fifth of a page's bundle; the protocol itself is Connect's own code.
 */
export function fetchTransport({ baseUrl, interceptors, fetch }: FetchTransportOptions): Transport {
  const send = (request: UnaryRequest | StreamRequest, body: Uint8Array<ArrayBuffer>) => {
    const { url, header: headers, signal, contextValues } = request;
    const keepalive = contextValues.get(keepaliveKey);
    // Looked up for every call, as pages and tests replace it. Called as a plain function, as browsers want it.
    return (fetch ?? globalThis.fetch)(url, { method: "POST", redirect: "error", headers, signal, body, keepalive });
  };
  const begin = (method: DescMethod, timeoutMs?: number, headers?: HeadersInit, context?: ContextValues) => ({
    service: method.parent,
    requestMethod: "POST",
    url: createMethodUrl(baseUrl, method),
    header: requestHeader(method.methodKind, true, timeoutMs, headers, false),
    contextValues: context ?? createContextValues(),
  });
  return {
    unary: (method, signal, timeout, headers, message, context) => {
      const timeoutMs = positive(timeout);
      const req = { ...begin(method, timeoutMs, headers, context), stream: false as const, method, message };
      return runUnaryCall<typeof method.input, typeof method.output>({
        ...given({ signal, timeoutMs }),
        interceptors,
        req,
        next: async (request) => {
          const response = await send(request, serialize(method.input, request.message));
          const { isUnaryError, unaryError } = validateResponse("unary", true, response.status, response.headers);
          const [header, trailer] = trailerDemux(response.headers);
          if (isUnaryError) throw errorFromJson(await response.json(), appendHeaders(header, trailer), unaryError);
          const answer = parse(method.output, new Uint8Array(await response.arrayBuffer()));
          return { stream: false, service: method.parent, method, header, trailer, message: answer };
        },
      });
    },
    stream: (method, signal, timeout, headers, message, context) => {
      const timeoutMs = positive(timeout);
      const req = { ...begin(method, timeoutMs, headers, context), stream: true as const, method, message };
      return runStreamingCall<typeof method.input, typeof method.output>({
        ...given({ signal, timeoutMs }),
        interceptors,
        req,
        next: async (request) => {
          const body = encodeEnvelope(0, serialize(method.input, await only(method, request.message)));
          const response = await send(request, body);
          validateResponse(method.methodKind, true, response.status, response.headers);
          const trailer = new Headers();
          const answers = readStream(response, trailer, request.signal, (bytes) => parse(method.output, bytes));
          return { ...request, header: response.headers, trailer, message: answers };
        },
      });
    },
  };
}

/** Transports take 0 for no deadline. */
function positive(timeoutMs: number | undefined): number | undefined {
  return timeoutMs !== undefined && timeoutMs > 0 ? timeoutMs : undefined;
}

function given(options: { signal: AbortSignal | undefined; timeoutMs: number | undefined }) {
  const { signal, timeoutMs } = options;
  return { ...(signal && { signal }), ...(timeoutMs !== undefined && { timeoutMs }) };
}

async function only<T>(method: DescMethod, messages: AsyncIterable<T>): Promise<T> {
  if (method.methodKind !== "server_streaming") {
    throw new TypeError(`${method.name} takes a stream of requests, which browsers cannot send`);
  }
  for await (const message of messages) return message;
  throw new TypeError(`${method.name} was given no request`);
}
