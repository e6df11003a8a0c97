import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { SteadySessionManager } from "./steady-sessions.js";

test("a call in the very moment in which the server ends is made on a new connection", async () => {
  const server = createServer((_request, response) => void response.end());
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const manager = new SteadySessionManager(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const call = async () => {
    const stream = await manager.request("GET", "/", {}, { endStream: true });
    const { session } = stream;
    await once(stream.resume(), "close");
    return session;
  };
  try {
    const session = await call();
    // Hears of it after the manager, which has given the session up by then, and before the session's error.
    const second = new Promise<void>((resolve) => session?.once("goaway", () => resolve(call().then(() => {}))));
    sessions[0]?.goaway();
    await second;
    expect(sessions).toHaveLength(2);
  } finally {
    for (const session of sessions) session.destroy();
    server.close();
  }
});
