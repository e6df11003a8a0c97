import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/**
 * Keeps from Connect's adapter what must not come to it:
 * - Headers that are too long. Node enforces their limit only from a connection's second request on, when the peer has
 *   confirmed it.
 * - Calls that their peer has taken back already. Looking a turn later costs nothing and makes those of a "rapid reset"
 *   nearly free.
 * - An `:authority` that makes no URL. The adapter would throw, in Node's event, which would end the process.
 */
export function refuseUnreadable(handler: Handler, maxHeaderBytes: number): Handler {
  return (request, response) => {
    if (lengthOf(request.rawHeaders) > maxHeaderBytes) {
      response.writeHead(431).end();
      return;
    }
    setImmediate(() => {
      if (request.stream.destroyed) return;
      try {
        handler(request, response);
      } catch {
        response.writeHead(400).end();
      }
    });
  };
}

function lengthOf(parts: readonly string[]): number {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
}
