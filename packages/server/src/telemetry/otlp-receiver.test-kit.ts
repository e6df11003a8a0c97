import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** A span as it was received. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first of a trace. */
  readonly parentId: string;
  /** The span ids that it names besides. */
  readonly links: readonly string[];
}

/** A collector that keeps what it is sent by OTLP over HTTP. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  close(): Promise<void>;
}

/** Starts one. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const isTraces = request.url === "/v1/traces" && request.headers["content-type"] === "application/x-protobuf";
    if (isTraces) spans.push(...readRequest(request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body));
    response.writeHead(isTraces ? 200 : 404, { "content-type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** An ExportTraceServiceRequest, by the numbers of opentelemetry/proto/trace/v1/trace.proto. */
function readRequest(bytes: Uint8Array): ReceivedSpan[] {
  return fieldsOf(bytes, 1).flatMap((resourceSpans) => {
    const [resource = new Uint8Array()] = fieldsOf(resourceSpans, 1);
    const name = fieldsOf(resource, 1).find((attribute) => text(fieldsOf(attribute, 1)[0]) === "service.name");
    const value = name && fieldsOf(name, 2)[0];
    const service = value === undefined ? "" : text(fieldsOf(value, 1)[0]);
    const scopes = fieldsOf(resourceSpans, 2);
    return scopes.flatMap((scope) => fieldsOf(scope, 2).map((span) => ({ service, ...readSpan(span) })));
  });
}

function readSpan(bytes: Uint8Array): Omit<ReceivedSpan, "service"> {
  return {
    traceId: hex(fieldsOf(bytes, 1)[0]),
    spanId: hex(fieldsOf(bytes, 2)[0]),
    parentId: hex(fieldsOf(bytes, 4)[0]),
    name: text(fieldsOf(bytes, 5)[0]),
    links: fieldsOf(bytes, 13).map((link) => hex(fieldsOf(link, 2)[0])),
  };
}

/** The values of a field of a message that are bytes, texts or messages. */
function fieldsOf(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const found: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === wanted && type === WireType.LengthDelimited) found.push(reader.bytes());
    else reader.skip(type, number);
  }
  return found;
}

function hex(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString("hex");
}

function text(bytes: Uint8Array = new Uint8Array()): string {
  return Buffer.from(bytes).toString();
}
