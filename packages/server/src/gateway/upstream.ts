import { connect } from "node:net";
import { Http2SessionManager } from "@connectrpc/connect-node";

/** The connection to the gRPC server. It opens on the first call and again after it broke. */
export type Upstream = Http2SessionManager;

const connectTimeoutMs = 1500;

/**
 * Prepares the connection to the gRPC server at an `http:` origin. Keep-alive pings stay off: a ping on a session that
 * has just been destroyed ends the process (connect-es #1795).
 */
export function openUpstream(origin: string): Upstream {
  return new Http2SessionManager(origin, undefined, { createConnection: (url) => connectInTime(url) });
}

// Without a limit of its own, a connection to a host that swallows packets takes minutes to fail.
function connectInTime({ hostname, port }: URL) {
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80), noDelay: true });
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`no connection in ${connectTimeoutMs} ms`), { code: "ETIMEDOUT" }));
  }, connectTimeoutMs);
  socket.once("connect", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  return socket;
}
