import type { ClientHttp2Session } from "node:http2";
import { Http2SessionManager } from "@connectrpc/connect-node";

/** What a transport opens its connections with. */
type Sessions = Pick<Http2SessionManager, "authority" | "request" | "notifyResponseByteRead">;

/** Some messages of the feed. Whatever is on its way to a worker takes no more memory than this. */
const WINDOW_BYTES = 4 * 2 ** 20;

/**
 * Connections on which a server may be far ahead. By itself HTTP/2 lets it send 64 KiB and wait until that has been read:
 * then a worker that reads a catalogue, and the server, would work in turn and not at the same time.
 */
export function openWideSessions(url: string): Sessions {
  const sessions = new Http2SessionManager(url, {}, { settings: { initialWindowSize: WINDOW_BYTES } });
  const widened = new WeakSet<ClientHttp2Session>();
  return {
    authority: sessions.authority,
    async request(...call) {
      const stream = await sessions.request(...call);
      const session = stream.session as ClientHttp2Session | undefined;
      if (session !== undefined && !widened.has(session)) {
        session.setLocalWindowSize(WINDOW_BYTES);
        // The manager lets go of sessions that are about to fail. Each call tells that it failed.
        session.on("error", () => {});
        widened.add(session);
      }
      return stream;
    },
    notifyResponseByteRead: (stream) => sessions.notifyResponseByteRead(stream),
  };
}
