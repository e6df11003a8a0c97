// Calls written by hand: what an attacker sends is not what a client library lets anybody send.
import { request as httpRequest } from "node:http";
import { connect } from "node:http2";

/** The wires on which both ports are spoken to; native gRPC is the gRPC server's alone. */
export const WIRES = {
  connect: { type: "application/json", encoding: "content-encoding", enveloped: false },
  "connect proto": { type: "application/proto", encoding: "content-encoding", enveloped: false },
  "grpc-web": { type: "application/grpc-web+proto", encoding: "grpc-encoding", enveloped: true },
  grpc: { type: "application/grpc+proto", encoding: "grpc-encoding", enveloped: true },
};

const ENVELOPE_BYTES = 5;

/** Puts the five bytes before a message that gRPC, gRPC-Web and Connect streams want. */
export function envelope(message, flags = 0) {
  const head = Buffer.alloc(ENVELOPE_BYTES);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/**
 * One call; resolves with what the caller is told: a Connect code such as `resource_exhausted`, `grpc 8`, `HTTP 413`,
 * or the error of a connection that was cut.
 *
 * @param {{ gatewayUrl: string, grpcUrl: string }} server
 * @param {"gateway" | "grpc"} port
 */
export async function call(server, port, path, headers, body) {
  try {
    const answer =
      port === "grpc"
        ? await callHttp2(server.grpcUrl, path, headers, body)
        : await callHttp1(server.gatewayUrl, path, headers, body);
    return outcomeOf(answer);
  } catch (error) {
    return error.code ?? error.message;
  }
}

/** Also right for an answer that comes before the whole body is sent. */
function callHttp1(url, path, headers, body) {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(new URL(path, url), { method: "POST", headers, agent: false }, (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
        sent.destroy();
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

function callHttp2(url, path, headers, body) {
  return new Promise((resolve, reject) => {
    // The client's own memory limit must not spare the server the long bodies.
    const session = connect(url, { maxSessionMemory: 1_000 });
    session.on("error", reject);
    const stream = session.request({ ":method": "POST", ":path": path, ...headers });
    const answer = { status: 0, headers: {}, body: Buffer.alloc(0) };
    const add = (received) => Object.assign(answer.headers, received);
    stream.on("response", add);
    stream.on("trailers", add);
    stream.on("data", (chunk) => {
      answer.body = Buffer.concat([answer.body, chunk]);
    });
    stream.on("error", reject);
    stream.on("close", () => {
      resolve({ ...answer, status: answer.headers[":status"] });
      session.destroy();
    });
    stream.end(body);
  });
}

function outcomeOf({ status, headers, body }) {
  const type = String(headers["content-type"] ?? "");
  if (type.startsWith("application/grpc")) {
    return `grpc ${headers["grpc-status"] ?? /grpc-status: ?(\d+)/.exec(body.toString("latin1"))?.[1]}`;
  }
  try {
    const { code } = JSON.parse(body.toString());
    // A name by Connect; a number in the google.rpc.Status of REST.
    return typeof code === "number" ? `REST ${code}` : (code ?? `HTTP ${status}`);
  } catch {
    return `HTTP ${status}`;
  }
}

/** Counts equal outcomes. */
export function tally(outcomes) {
  const counts = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
