import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type ConnectionLimits, limitConnections } from "./limit-connections.js";

async function listen(limits: ConnectionLimits): Promise<number> {
  const server: Server = createServer((socket) => socket.write("hello"));
  limitConnections(server, limits);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Connects; true when the server takes the connection. */
async function isTaken(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  return Promise.race([once(socket, "data").then(() => true), once(socket, "close").then(() => false)]);
}

test("an address gets so many connections and no more, until one of them ends", async () => {
  const port = await listen({ total: 100, perAddress: 2 });
  const first = connect(port, "127.0.0.1");
  await once(first, "data");
  expect(await isTaken(port)).toBe(true);
  expect(await isTaken(port)).toBe(false);
  expect(await isTaken(port)).toBe(false);
  first.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await isTaken(port)).toBe(true);
});

test("an exempt address is held to the total only", async () => {
  const port = await listen({ total: 3, perAddress: 1, isExempt: (address) => address === "127.0.0.1" });
  expect([await isTaken(port), await isTaken(port), await isTaken(port)]).toEqual([true, true, true]);
  expect(await isTaken(port)).toBe(false);
});
