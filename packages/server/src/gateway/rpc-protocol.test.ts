import { expect, test } from "vitest";
import { isRpcPath, rpcProtocolOf } from "./rpc-protocol.js";

test.each([
  [undefined, "connect-unary"],
  ["application/json", "connect-unary"],
  ["application/proto", "connect-unary"],
  ["application/json; charset=utf-8", "connect-unary"],
  ["application/connect+json", "connect-stream"],
  ["application/connect+proto", "connect-stream"],
  ["application/grpc-web", "grpc-web"],
  ["application/grpc-web-text+proto", "grpc-web"],
  ["application/grpc", "grpc"],
  ["Application/gRPC+proto", "grpc"],
  ["application/grpc; charset=utf-8", "grpc"],
])("the content type %s is %s", (contentType, protocol) => {
  expect(rpcProtocolOf(contentType)).toBe(protocol);
});

test("only /package.Service/Method is a method's path", () => {
  expect(isRpcPath("/cinedeepmatch.v1.MatchService/Match?connect=v1")).toBe(true);
  expect(isRpcPath("/cinedeepmatch.worker.v1.WorkerService/ReportStatus")).toBe(true);
  for (const path of ["/", "/favicon.ico", "/assets/index.js", "/v1/movies", "/a.b/c/d"]) {
    expect(isRpcPath(path), path).toBe(false);
  }
});
