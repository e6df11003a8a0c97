import type { ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { Http2SessionManager } from "@connectrpc/connect-node";

/** The connection to the gRPC server. It opens on the first call and again after it broke. */
export type Upstream = Http2SessionManager;

const CONNECT_TIMEOUT_MS = 1_500;
/**
 * How much of all answers together may be on its way, in bytes. HTTP/2 has 64 KiB unless told: a few answers, so that many
 * callers' answers would wait for each other. Each answer's own window stays as it is.
 */
const WINDOW_BYTES = 8 * 1024 * 1024;

/**
 * Prepares the connection to the gRPC server at an `http:` origin. Keep-alive pings stay off: a ping on a session that
 * has just been destroyed ends the process (connect-es #1795).
 */
export function openUpstream(origin: string): Upstream {
  return new WideSessionManager(origin, undefined, { createConnection: (url) => connectInTime(url) });
}

/**
 * A call that is made in the very moment in which the server says that it ends has the manager let go of a session that
 * is about to fail, and the error that nobody hears would end the process. What fails is told by each call anyway.
 */
class WideSessionManager extends Http2SessionManager {
  readonly #widened = new WeakSet<ClientHttp2Session>();

  override async request(...call: Parameters<Http2SessionManager["request"]>) {
    const stream = await super.request(...call);
    const session = stream.session as ClientHttp2Session | undefined;
    if (session !== undefined && !session.destroyed && !this.#widened.has(session)) {
      this.#widened.add(session);
      session.setLocalWindowSize(WINDOW_BYTES);
      session.on("error", () => {});
    }
    return stream;
  }
}

// Without a limit of its own, a connection to a host that swallows packets takes minutes to fail.
function connectInTime({ hostname, port }: URL) {
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 80), noDelay: true });
  const timer = setTimeout(() => {
    socket.destroy(Object.assign(new Error(`no connection in ${CONNECT_TIMEOUT_MS} ms`), { code: "ETIMEDOUT" }));
  }, CONNECT_TIMEOUT_MS);
  socket.once("connect", () => clearTimeout(timer));
  socket.once("close", () => clearTimeout(timer));
  return socket;
}
