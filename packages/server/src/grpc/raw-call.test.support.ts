import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { onTestFinished } from "vitest";

/** What came back, as it stood on the wire. */
export interface RawAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One HTTP/2 request, written by hand, for what no client would send. */
export async function rawCall(
  url: string,
  headers: OutgoingHttpHeaders,
  body?: Uint8Array | string,
): Promise<RawAnswer> {
  const session = connect(url);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":method": "POST", ...headers });
    const chunks: Buffer[] = [];
    const answer = { headers: {}, trailers: {} } as { headers: IncomingHttpHeaders; trailers: IncomingHttpHeaders };
    stream.on("response", (received) => {
      answer.headers = received;
    });
    stream.on("trailers", (received) => {
      answer.trailers = received;
    });
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => resolve({ ...answer, body: Buffer.concat(chunks) }));
    stream.on("error", reject);
    stream.end(body);
  });
}

/** The five bytes before each message of gRPC, of gRPC-Web and of a Connect stream. */
export function enveloped(message: Uint8Array, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.byteLength, 1);
  return Buffer.concat([head, message]);
}
