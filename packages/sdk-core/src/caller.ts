import type {
  DescMessage,
  DescMethodBiDiStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from "@bufbuild/protobuf";
import { createContextValues, type Transport } from "@connectrpc/connect";
import { type CallOptions, keepaliveKey, maxRetriesKey } from "./call-options.js";
import { Page, type PageResponse } from "./page.js";

/** Makes calls over a transport; what the parts of a client share. */
export class Caller {
  readonly #transport: Transport;

  /** @param transport - a {@link resilientTransport} */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Makes a call with one response. */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    { signal, timeoutMs, maxRetries, headers, keepalive = false }: CallOptions = {},
  ): Promise<MessageShape<O>> {
    const contextValues = createContextValues().set(maxRetriesKey, maxRetries).set(keepaliveKey, keepalive);
    const response = await this.#transport.unary(method, signal, timeoutMs, plain(headers), request, contextValues);
    return response.message;
  }

  /** Makes a call that answers page by page. */
  page<I extends DescMessage, O extends DescMessage, Item>(
    method: DescMethodUnary<I, O>,
    request: MessageInitShape<I>,
    items: (response: MessageShape<O>) => readonly Item[],
    options?: CallOptions,
  ): Page<MessageShape<O> & PageResponse, Item> {
    // Copied, because pages are fetched later than the call is made.
    const first = { ...request };
    const fetch = async (pageToken: string | undefined) => {
      const next = pageToken === undefined ? first : { ...first, pageToken };
      return (await this.unary(method, next as MessageInitShape<I>, options)) as MessageShape<O> & PageResponse;
    };
    return new Page(fetch, items);
  }

  /** Makes a call that answers with a stream. Nothing is sent before it is iterated; leaving the loop ends the call. */
  async *stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O> | DescMethodBiDiStreaming<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    { signal, timeoutMs, headers }: CallOptions = {},
  ): AsyncGenerator<MessageShape<O>, void, undefined> {
    // A transport does not notice that nobody reads on.
    const left = new AbortController();
    const either = signal === undefined ? left.signal : AbortSignal.any([signal, left.signal]);
    try {
      const response = await this.#transport.stream(method, either, timeoutMs, plain(headers), requests);
      yield* response.message;
    } finally {
      left.abort();
    }
  }
}

function plain(headers: CallOptions["headers"]): Headers | undefined {
  return headers === undefined ? undefined : new Headers(headers);
}

/** A stream of one request. */
export async function* once<T>(request: T): AsyncGenerator<T> {
  yield request;
}
