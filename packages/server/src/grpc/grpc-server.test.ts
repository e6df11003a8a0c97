import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { startTestGrpcServer } from "./start-grpc-server.test.support.js";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const EMPTY_SETTINGS = Buffer.from("000000040000000000", "hex");

test("a peer that never ends its connection does not keep the server from closing", async () => {
  const server = await startTestGrpcServer();
  const peer = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  onTestFinished(() => void peer.destroy());
  peer.on("error", () => {});
  peer.write(PREFACE);
  peer.write(EMPTY_SETTINGS);
  await once(peer, "data");
  const ended = once(peer.resume(), "end");
  await expect(server.close(500)).resolves.toBeUndefined();
  await ended;
});
