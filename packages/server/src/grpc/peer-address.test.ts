import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { createPeerAddress, PEER_ADDRESS, trustProxies } from "./peer-address.js";

function peerOf(remoteAddress: string | undefined, forwarded?: string, trusted: string[] = []): string {
  const request = {
    socket: { remoteAddress },
    headers: { "x-forwarded-for": forwarded },
  } as unknown as IncomingMessage;
  return createPeerAddress(trustProxies(trusted))(request).get(PEER_ADDRESS);
}

test("a caller's address is that of its connection", () => {
  expect(peerOf("192.0.2.7")).toBe("192.0.2.7");
  expect(peerOf("::ffff:192.0.2.7")).toBe("192.0.2.7");
  expect(peerOf("2001:db8::1")).toBe("2001:db8::1");
});

test("what a caller says of itself is not believed", () => {
  expect(peerOf("192.0.2.7", "10.1.1.1")).toBe("192.0.2.7");
});

test("the gateway on this machine is believed about its caller", () => {
  expect(peerOf("127.0.0.1", "192.0.2.7")).toBe("192.0.2.7");
  expect(peerOf("::1", "2001:db8::1")).toBe("2001:db8::1");
  expect(peerOf("127.0.0.1", "127.0.0.1")).toBe("127.0.0.1");
});

test("a gateway elsewhere is believed when it is named", () => {
  expect(peerOf("10.0.3.4", "192.0.2.7", ["10.0.0.0/8"])).toBe("192.0.2.7");
  expect(peerOf("10.0.3.4", "192.0.2.7", ["10.0.3.5"])).toBe("10.0.3.4");
});

test("only the last address that nobody vouches for counts, whatever stands before it", () => {
  expect(peerOf("127.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.1", ["10.0.0.0/8"])).toBe("192.0.2.7");
  expect(peerOf("127.0.0.1", "192.0.2.7, nonsense")).toBe("127.0.0.1");
});

test("a connection that is gone has no address", () => {
  expect(peerOf(undefined, "192.0.2.7")).toBe("");
});

test("a network that is none is refused at the start", () => {
  expect(() => trustProxies(["gateway.internal"])).toThrow("neither an address nor a network");
});
