import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

/**
 * Ends streams to clients as soon as the server stops. Those of the catalogue feed and of watchers end by themselves
 * never, and a server that waited for them would take no calls for as long as its patience lasts. Whoever follows one
 * takes it up again, with another server or with this one when it is back.
 */
export function createStreamEnder(stopping: AbortSignal): Interceptor {
  return (next) => async (request) => {
    const response = await next(request);
    if (!response.stream || request.method.methodKind !== "server_streaming") return response;
    return { ...response, message: untilStopping(response.message, stopping) };
  };
}

async function* untilStopping<T>(messages: AsyncIterable<T>, stopping: AbortSignal) {
  const iterator = messages[Symbol.asyncIterator]();
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(new ConnectError("The server is stopping.", Code.Unavailable));
  stopped.promise.catch(() => {});
  if (stopping.aborted) stop();
  stopping.addEventListener("abort", stop, { once: true });
  try {
    for (;;) {
      const result = await Promise.race([iterator.next(), stopped.promise]);
      if (result.done) return;
      yield result.value;
    }
  } finally {
    stopping.removeEventListener("abort", stop);
    // Not awaited: it waits for the handler, which learns of the end by the call's signal only after this.
    iterator.return?.().catch(() => {});
  }
}
