import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import type { HandlerContext } from "@connectrpc/connect";
import { createGateway } from "../../gateway/index.js";
import { DEFAULT_CALL_RATES } from "../../grpc/call-rates.js";
import { CallLimiter } from "../../grpc/limit-calls.js";
import { createRequestGate } from "../../grpc/request-gate.js";
import { serveGrpc } from "../../grpc/serve-grpc.js";
import { type ConformanceSchema, readConformanceSchema } from "./conformance-schema.js";
import { createConformanceService } from "./conformance-service.js";

// The server that the conformance suite calls: our gRPC server's port with its gate, interceptors and limits, but with
// the suite's service behind it; with "gateway", our gateway in front. Arguments: the image of the suite's messages, and
// `gateway` or `grpc`. The suite says on stdin what it wants and reads on stdout where the server is.
const [image = "", kind] = process.argv.slice(2);
const schema = readConformanceSchema(image);
const request = fromBinary(schema.message("ServerCompatRequest"), await readFrame(process.stdin));
const { messageReceiveLimit } = request as unknown as { messageReceiveLimit: number };
const url = new URL(kind === "gateway" ? await startGateway() : await startServer());
const where = { host: url.hostname, port: Number(url.port) };
const response = toBinary(
  schema.message("ServerCompatResponse"),
  create(schema.message("ServerCompatResponse"), where as never),
);
const length = Buffer.alloc(4);
length.writeUInt32BE(response.length);
process.stdout.write(Buffer.concat([length, response]));
process.on("SIGTERM", () => process.exit(0));

async function startServer(): Promise<string> {
  const verifiers = { client: verifierOf("client"), model: verifierOf("model") };
  const log = { info() {}, error() {} };
  const limiter = new CallLimiter(undefined, { ...DEFAULT_CALL_RATES, withoutToken: undefined, openStreams: 1_000 });
  const gate = createRequestGate(verifiers, log, limiter);
  const services = schema.services.map((service) => ({
    service,
    implementation: createConformanceService(schema),
    readMaxBytes: messageReceiveLimit || 1024 * 1024,
    jsonOptions: { registry: schema.registry },
  }));
  const port = { host: "127.0.0.1", port: 0, verifiers, log };
  return (await serveGrpc(port, { services, requestGate: (context) => pass(context, gate) })).url;
}

/** Our gate gives every error of Connect's a reason of ours; the suite wants its own back. */
async function pass(context: HandlerContext, gate: (context: HandlerContext) => Promise<void>): Promise<void> {
  const abortable = context as HandlerContext & { abort: unknown };
  const { abort } = abortable;
  await gate(context);
  abortable.abort = abort;
}

async function startGateway(): Promise<string> {
  const rateLimit = { max: 1e9, windowMs: 60_000 };
  const gateway = await createGateway({ upstream: await startServer(), rateLimit });
  // The gateway forwards one package, ours.
  const [own, alias] = schema.services as [ConformanceSchema["services"][0], ConformanceSchema["services"][0]];
  gateway.server.prependListener("request", (incoming) => {
    incoming.url = incoming.url?.replace(own.typeName, alias.typeName);
  });
  return gateway.listen({ host: "127.0.0.1", port: 0 });
}

function verifierOf<A extends "client" | "model">(audience: A) {
  const ring = new KeyRing(audience);
  ring.generate();
  return new TokenVerifier({ ring });
}

/** A message after its length in four bytes. */
async function readFrame(input: AsyncIterable<Buffer>): Promise<Buffer> {
  let read = Buffer.alloc(0);
  for await (const chunk of input) {
    read = Buffer.concat([read, chunk]);
    if (read.length >= 4 && read.length >= 4 + read.readUInt32BE(0)) break;
  }
  return read.subarray(4, 4 + read.readUInt32BE(0));
}
