import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { openUpstream } from "./upstream.js";

/** An upstream before a server of its own that answers everything with nothing, and the server's end of its sessions. */
async function connectToServer() {
  const server = createServer((_request, response) => void response.end());
  const sessions: ServerHttp2Session[] = [];
  server.on("session", (session) => sessions.push(session));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const upstream = openUpstream(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stop = () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  return { upstream, sessions, stop };
}

test("the answers of many callers do not wait for each other", async () => {
  const { upstream, sessions, stop } = await connectToServer();
  try {
    for (let call = 0; call < 2; call++) {
      const stream = await upstream.request("GET", "/", {}, { endStream: true });
      await once(stream.resume(), "end");
    }
    expect(sessions).toHaveLength(1);
    // As much as the server may send before the gateway has taken any of it.
    await expect.poll(() => sessions[0]?.state.remoteWindowSize).toBeGreaterThan(4 * 1024 * 1024);
  } finally {
    stop();
  }
});

test("a call in the very moment in which the server ends is made on a new connection", async () => {
  const { upstream, sessions, stop } = await connectToServer();
  const call = async () => {
    const stream = await upstream.request("GET", "/", {}, { endStream: true });
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
    stop();
  }
});
