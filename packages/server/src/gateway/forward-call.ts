import { type ClientHttp2Stream, constants, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { PassThrough, pipeline, type Readable } from "node:stream";
import { Code } from "@connectrpc/connect";
import type { FastifyReply, FastifyRequest } from "fastify";
import { limitBody } from "./body-limit.js";
import { shortenDeadline } from "./deadline-header.js";
import { requestHeaders, responseHeaders } from "./forwarded-headers.js";
import { callerGone, GatewayError, serverUnreached, upstreamUnavailable } from "./gateway-error.js";
import type { Beginning } from "./read-beginning.js";
import type { Upstream } from "./upstream.js";

/** What a call is forwarded with. */
export interface ForwardedCall {
  /** The method's path with its query. */
  readonly path: string;
  /** Undefined for streams, whose messages the gRPC server measures one by one. */
  readonly bodyLimitBytes: number | undefined;
  /** How long the call has waited here, in milliseconds. */
  readonly waitedMs: number;
  /** What of the body was read already. */
  readonly beginning?: Beginning | undefined;
}

type AnswerHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

/**
 * Carries one call to the gRPC server and its answer back, without looking into either. Cancels it there as soon as
 * the caller is gone. Fails as long as nothing was answered; afterwards a failure cuts the answer off.
 *
 * @returns the headers of the answer, as soon as they are there
 */
export async function forwardCall(
  upstream: Upstream,
  request: FastifyRequest,
  reply: FastifyReply,
  { path, bodyLimitBytes, waitedMs, beginning }: ForwardedCall,
): Promise<AnswerHeaders> {
  const hasBody = request.method === "POST";
  const headers = requestHeaders(request);
  // Nothing follows a GET, whatever it announced; HTTP/2 treats the difference as an attack.
  if (!hasBody) delete headers["content-length"];

  shortenDeadline(headers, waitedMs);
  const call = await openCall(upstream, request.method, path, headers, hasBody);
  // Whoever waits for the call hears of its errors; late ones, after the answer, have no one left to tell.
  call.on("error", () => {});
  const cancel = () => call.close(constants.NGHTTP2_CANCEL);
  reply.raw.once("close", cancel);
  if (reply.raw.destroyed) cancel();

  const answered = firstOf(call);
  if (beginning?.isWhole) call.end(beginning.bytes);
  else if (hasBody) sendBody(request.raw, call, bodyLimitBytes, beginning);
  try {
    const answer = await answered;
    returnAnswer(answer, call, reply);
    return answer;
  } catch (error) {
    throw reply.raw.destroyed ? callerGone() : error;
  }
}

async function openCall(...[upstream, method, path, headers, hasBody]: OpenCall): Promise<ClientHttp2Stream> {
  try {
    return await upstream.request(method, path, headers, { endStream: !hasBody });
  } catch (error) {
    if (isMalformedHeader(error)) {
      throw new GatewayError("A header is malformed.", Code.InvalidArgument, { cause: error });
    }
    throw serverUnreached(error);
  }
}
type OpenCall = [Upstream, string, string, ReturnType<typeof requestHeaders>, boolean];

function sendBody(...[body, call, limitBytes, beginning]: SendBody): void {
  const meter = limitBytes === undefined ? new PassThrough() : limitBody(limitBytes);
  // Not `pipeline`: it would tear down an answer that comes before the whole request was read.
  meter.on("error", (error) => call.destroy(error));
  if (beginning) meter.write(beginning.bytes);
  body.pipe(meter).pipe(call);
  // Take the rest of a request that was answered early, or the connection is stuck with it.
  call.once("close", () => body.unpipe(meter).resume());
}
type SendBody = [Readable, ClientHttp2Stream, number | undefined, Beginning | undefined];

function firstOf(call: ClientHttp2Stream): Promise<AnswerHeaders> {
  return new Promise((resolve, reject) => {
    call.once("response", resolve);
    call.once("error", (error) => reject(error instanceof GatewayError ? error : failureOf(call, error)));
    call.once("close", () => reject(failureOf(call, new Error(`stream closed with code ${call.rstCode}`))));
  });
}

/** A server that is about to stop refuses streams, which promises that it has done nothing for them. */
function failureOf({ rstCode }: ClientHttp2Stream, error: unknown): GatewayError {
  return rstCode === constants.NGHTTP2_REFUSED_STREAM ? serverUnreached(error) : upstreamUnavailable(error);
}

function returnAnswer(headers: AnswerHeaders, call: ClientHttp2Stream, reply: FastifyReply): void {
  // Fastify holds headers back until the first byte of a body; a quiet stream's caller waits for them.
  reply.hijack();
  const { raw } = reply;
  for (const [name, value] of Object.entries({ ...reply.getHeaders(), ...responseHeaders(headers) })) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.statusCode = headers[":status"] ?? 502;
  raw.flushHeaders();
  pipeline(call, raw, () => {});
}

function isMalformedHeader(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP2_(INVALID|HEADER))/.test(code);
}
