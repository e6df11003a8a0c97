import type { IncomingMessage, ServerResponse } from "node:http";
import { Http2ServerRequest, type Http2ServerResponse } from "node:http2";

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

/** What a network, or a proxy on the way, does to one call. `pass` lets the server answer, by the response it is given. */
export type WireFault = (request: Request, response: Response, pass: () => void) => void;

/** Hangs up before the server has seen the call. */
export const reset: WireFault = (request) => hangUp(request);

/** A proxy that is busy answers in the server's place. */
export const busy: WireFault = (_request, response) => {
  const answer = response as ServerResponse;
  answer.writeHead(503, { "content-type": "text/html", "retry-after": "1" });
  answer.end("<h1>Busy</h1>");
};

/** Hangs up in the middle of the answer's body. */
export const truncate: WireFault = (request, response, pass) => {
  const answer = response as ServerResponse;
  const write = answer.write.bind(answer);
  answer.write = ((chunk: Uint8Array) => {
    write(chunk.subarray(0, Math.ceil(chunk.length / 2)));
    setTimeout(() => hangUp(request), 20);
    return true;
  }) as typeof answer.write;
  answer.end = (() => answer) as typeof answer.end;
  pass();
};

/** Sends the answer's body byte by byte. */
export const trickle = (pauseMs: number): WireFault => {
  return (_request, response, pass) => {
    const answer = response as ServerResponse;
    const [write, end] = [answer.write.bind(answer), answer.end.bind(answer)];
    let sent = Promise.resolve();
    answer.write = ((chunk: Uint8Array, _encoding: unknown, done?: () => void) => {
      for (const byte of chunk) sent = sent.then(() => pause(pauseMs)).then(() => void write(Uint8Array.of(byte)));
      sent = sent.then(() => done?.());
      return true;
    }) as typeof answer.write;
    answer.end = (() => {
      sent = sent.then(() => void end());
      return answer;
    }) as typeof answer.end;
    pass();
  };
};

/** Sends everything at once but what ends the answer: the last bytes, and with them the trailers. */
export const endLate = (afterMs: number): WireFault => {
  return (_request, response, pass) => {
    const answer = response as ServerResponse;
    const end = answer.end.bind(answer);
    answer.end = (() => {
      setTimeout(() => end(), afterMs);
      return answer;
    }) as typeof answer.end;
    pass();
  };
};

function hangUp(request: Request): void {
  const session = request instanceof Http2ServerRequest ? request.stream.session : undefined;
  (session ?? request.socket).destroy();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
