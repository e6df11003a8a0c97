import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

/**
 * Answers 400 where Connect's adapter throws: at an `:authority` that makes no URL. It throws in Node's event, where
 * the error would end the process.
 */
export function refuseUnroutable(handler: Handler): Handler {
  return (request, response) => {
    try {
      handler(request, response);
    } catch {
      response.writeHead(400).end();
    }
  };
}
