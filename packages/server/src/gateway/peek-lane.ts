import type { DescMethod } from "@bufbuild/protobuf";
import type { FastifyRequest } from "fastify";
import type { Lane } from "../limits/lane-room.js";
import { findLane, waitsInLane } from "./find-lane.js";
import { callerGone } from "./gateway-error.js";
import { type Beginning, readBeginning } from "./read-beginning.js";
import { publicServices } from "./rest/index.js";
import { rpcProtocolOf } from "./rpc-protocol.js";

/** The lane of a call, and what had to be read of its body to know. */
export interface Peeked {
  readonly lane: Lane | undefined;
  readonly beginning?: Beginning;
}

/** A request that is longer is not looked into: it is hardly what a person waits for. */
const LONGEST_PEEK = 64 * 1024;
const UNKNOWN = "standard";
const GRPC_PREFIX = 5;

const methods: ReadonlyMap<string, DescMethod> = new Map(
  publicServices
    .flatMap((service) => service.methods)
    .filter(waitsInLane)
    .map((method) => [`/${method.parent.typeName}/${method.name}`, method]),
);

/**
 * Looks in which lane a Connect or gRPC-Web call will wait. Only the methods whose callers do are looked into.
 *
 * @param path of the method, without its query
 */
export async function peekLane(request: FastifyRequest, path: string): Promise<Peeked> {
  const method = methods.get(path);
  if (method === undefined) return { lane: undefined };
  if (request.method === "GET") return { lane: laneInQuery(method, request.query as Record<string, unknown>) };
  const beginning = await readBeginning(request.raw, LONGEST_PEEK).catch(() => {
    throw callerGone();
  });
  return { lane: beginning.isWhole ? laneInBody(method, beginning.bytes, request) : UNKNOWN, beginning };
}

function laneInQuery(method: DescMethod, { message, encoding, base64, compression }: Record<string, unknown>): Lane {
  if (typeof message !== "string" || (compression ?? "identity") !== "identity") return UNKNOWN;
  return findLane(method, Buffer.from(message, base64 === "1" ? "base64" : "utf8"), encoding === "json");
}

function laneInBody(method: DescMethod, body: Buffer, { headers }: FastifyRequest): Lane {
  const type = headers["content-type"] ?? "";
  const isGrpcWeb = rpcProtocolOf(type) === "grpc-web";
  const isCompressed = isGrpcWeb ? body[0] !== 0 : (headers["content-encoding"] ?? "identity") !== "identity";
  if (isCompressed) return UNKNOWN;
  return findLane(method, isGrpcWeb ? body.subarray(GRPC_PREFIX) : body, /[/+]json\b/.test(type));
}
