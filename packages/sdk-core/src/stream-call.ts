import type { DescMessage, DescMethodStreaming, MessageInitShape } from "@bufbuild/protobuf";
import type { ContextValues, StreamResponse, Transport } from "@connectrpc/connect";
import { type Authorized, authorize, isRenewed } from "./authorize.js";
import { CallClock } from "./call-clock.js";
import type { CallPolicy } from "./call-policy.js";
import type { CineDeepMatchError } from "./error.js";

/** A call with many requests or many responses, as a transport takes it. */
export interface StreamCall<I extends DescMessage, O extends DescMessage> {
  readonly method: DescMethodStreaming<I, O>;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly headers: HeadersInit | undefined;
  readonly input: AsyncIterable<MessageInitShape<I>>;
  readonly contextValues: ContextValues | undefined;
}

/**
 * Opens a stream. It is not retried, as the caller may have acted on a part of it, but a stream of responses whose
 * token is refused before the first of them is opened once more with a new token.
 */
export async function callStream<I extends DescMessage, O extends DescMessage>(
  transport: Transport,
  { tokens }: CallPolicy,
  { method, signal, timeoutMs, headers, input, contextValues }: StreamCall<I, O>,
): Promise<StreamResponse<I, O>> {
  const clock = new CallClock(signal, timeoutMs);
  // The one request can be sent again, a stream of them cannot.
  const request = method.methodKind === "server_streaming" ? await collect(input) : undefined;
  for (let renewed = false; ; renewed = true) {
    let sent: Authorized | undefined;
    const fail = async (failure: unknown) => {
      const error = clock.explain(failure);
      // Where the call cannot be repeated, the next one must still not be refused for the same token.
      return { error, again: sent !== undefined && (await isRenewed(tokens, clock, sent, error)) };
    };
    try {
      sent = await authorize(tokens, clock, headers);
      const messages = request === undefined ? input : replay(request);
      const response = await transport.stream(method, signal, clock.check() ?? 0, sent.header, messages, contextValues);
      const message = request === undefined ? response.message : await untilFirst(response.message);
      return { ...response, message: explained(message, fail) };
    } catch (failure) {
      const { error, again } = await fail(failure);
      if (!again || renewed || request === undefined) throw error;
    }
  }
}

async function* explained<T>(
  messages: AsyncIterable<T>,
  fail: (failure: unknown) => Promise<{ error: CineDeepMatchError }>,
): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (failure) {
    throw (await fail(failure)).error;
  }
}

// Waits for the first message, which is where a refusal shows.
async function untilFirst<T>(messages: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = messages[Symbol.asyncIterator]();
  return resume(await iterator.next(), iterator);
}

async function collect<T>(input: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const message of input) all.push(message);
  return all;
}

async function* replay<T>(input: readonly T[]): AsyncGenerator<T> {
  yield* input;
}

async function* resume<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value;
}
