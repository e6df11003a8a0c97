import { type ClientHttp2Session, connect } from "node:http2";

/** How long a stream may say nothing until it counts as let in: its headers come with its first message. */
const QUIET_MS = 500;
const END_STREAM = 2;
const TRAILERS = 0x80;
const CODES =
  "ok canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied resource_exhausted failed_precondition aborted out_of_range unimplemented internal unavailable data_loss unauthenticated".split(
    " ",
  );

/** One call of a method with an empty message. */
export interface RawCall {
  /** `/<package>.<service>/<method>` */
  readonly path: string;
  readonly streams: boolean;
  readonly token: string | undefined;
}

type Headers = Record<string, string>;

const authorization = (token: string | undefined): Headers =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };
const enveloped = () => Buffer.alloc(5);

/** Calls by gRPC over HTTP/2 and resolves with the code's name, such as `permission_denied`, or `quiet`. */
export function openGrpc(url: string): { call(call: RawCall): Promise<string>; close(): void } {
  const session: ClientHttp2Session = connect(url);
  session.on("error", () => {});
  return {
    close: () => session.destroy(),
    call: ({ path, token }) =>
      new Promise((resolve) => {
        const headers = { "content-type": "application/grpc+proto", te: "trailers", ...authorization(token) };
        const stream = session.request({ ":method": "POST", ":path": path, ...headers });
        const settle = (code: string) => {
          clearTimeout(timer);
          resolve(code);
          stream.close();
        };
        const timer = setTimeout(() => settle("quiet"), QUIET_MS * 20);
        const read = (received: Record<string, unknown>) => {
          if (received["grpc-status"] !== undefined) settle(CODES[Number(received["grpc-status"])] ?? "?");
        };
        stream.on("response", read);
        stream.on("trailers", read);
        stream.on("data", () => setTimeout(settle, QUIET_MS, "quiet").unref());
        stream.on("error", () => settle("cut"));
        stream.end(enveloped());
        if (path.includes("/Watch")) setTimeout(settle, QUIET_MS, "quiet").unref();
      }),
  };
}

/** Calls by Connect over HTTP/1.1. */
export async function callConnect(url: string, { path, streams, token }: RawCall): Promise<string> {
  const type = streams ? "application/connect+proto" : "application/proto";
  const answer = await post(
    url + path,
    { "content-type": type, ...authorization(token) },
    streams ? enveloped() : Buffer.alloc(0),
  );
  if (answer === undefined) return "quiet";
  const [status, body] = answer;
  if (status !== 200) return codeIn(body.toString()) ?? `HTTP ${status}`;
  const end = streams ? lastEnvelope(body, END_STREAM) : undefined;
  return (end && codeIn(JSON.stringify(JSON.parse(end).error ?? {}))) ?? "ok";
}

/** Calls by gRPC-Web over HTTP/1.1. */
export async function callGrpcWeb(url: string, { path, token }: RawCall): Promise<string> {
  const headers = { "content-type": "application/grpc-web+proto", "x-grpc-web": "1", ...authorization(token) };
  const answer = await post(url + path, headers, enveloped());
  if (answer === undefined) return "quiet";
  const [status, body, received] = answer;
  const trailers = lastEnvelope(body, TRAILERS) ?? "";
  const grpcStatus = received.get("grpc-status") ?? /grpc-status: ?(\d+)/i.exec(trailers)?.[1];
  return grpcStatus === undefined ? `HTTP ${status}` : (CODES[Number(grpcStatus)] ?? "?");
}

/** Calls a REST route, with the same value for each variable in its path. */
export async function callRest(
  url: string,
  verb: string,
  route: string,
  value: string,
  token: string | undefined,
): Promise<string> {
  const path = route.replaceAll(/\{[^}]*\}/g, value);
  const body = verb === "GET" || verb === "DELETE" ? undefined : Buffer.from("{}");
  const answer = await post(url + path, { "content-type": "application/json", ...authorization(token) }, body, verb);
  if (answer === undefined) return "quiet";
  const [status] = answer;
  return { 401: "unauthenticated", 403: "permission_denied", 429: "resource_exhausted" }[status] ?? `HTTP ${status}`;
}

/** `undefined` when nothing comes, as with a stream that is let in and has nothing to say yet. */
async function post(url: string, headers: Headers, body: Buffer<ArrayBuffer> | undefined, method = "POST") {
  const signal = AbortSignal.timeout(url.includes("/Watch") || url.includes(":watch") ? QUIET_MS : QUIET_MS * 20);
  try {
    const answer = await fetch(url, { method, headers, signal, ...(body && { body }) });
    return [answer.status, Buffer.from(await answer.arrayBuffer()), answer.headers] as const;
  } catch (error) {
    if ((error as Error).name === "TimeoutError") return undefined;
    throw error;
  }
}

function codeIn(json: string): string | undefined {
  return /"code":"(\w+)"/.exec(json)?.[1];
}

function lastEnvelope(body: Buffer, flag: number): string | undefined {
  for (let at = 0; at + 5 <= body.length; at += 5 + body.readUInt32BE(at + 1)) {
    if (((body[at] ?? 0) & flag) !== 0) return body.subarray(at + 5).toString();
  }
  return undefined;
}
