import { Code, ConnectError } from "@connectrpc/connect";
import { compressedFlag, createEnvelopeReadableStream } from "@connectrpc/connect/protocol";
import { endStreamFlag, endStreamFromJson } from "@connectrpc/connect/protocol-connect";

/** Reads the messages of a streamed answer, and what its last envelope says: how it ended, and the trailers. */
export async function* readStream<T>(
  response: Response,
  trailer: Headers,
  signal: AbortSignal,
  parse: (bytes: Uint8Array) => T,
): AsyncGenerator<T, void, undefined> {
  if (response.body === null) throw new ConnectError("missing response body", Code.Internal);
  const reader = createEnvelopeReadableStream(response.body).getReader();
  let isComplete = false;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const { flags, data } = next.value;
    if ((flags & compressedFlag) !== 0) throw new ConnectError("unexpected compressed message", Code.Internal);
    if ((flags & endStreamFlag) === 0) {
      yield parse(data);
      continue;
    }
    isComplete = true;
    const { error, metadata } = endStreamFromJson(data);
    if (error !== undefined) throw withHeaders(error, response.headers);
    metadata.forEach((value, name) => {
      trailer.set(name, value);
    });
  }
  // Where the signal was aborted before the body was read, fetch may end it without an error.
  signal.throwIfAborted();
  if (!isComplete) throw new ConnectError("missing EndStreamResponse", Code.Unavailable);
}

function withHeaders(error: ConnectError, headers: Headers): ConnectError {
  headers.forEach((value, name) => {
    error.metadata.append(name, value);
  });
  return error;
}
