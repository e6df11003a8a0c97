import { Http2SessionManager } from "@connectrpc/connect-node";

/**
 * HTTP/2 sessions whose end never ends the process. A call that is made in the very moment in which the server says that
 * it ends has the manager let go of a session that is about to fail, and nobody would hear of its error. Each call tells
 * that it failed anyway.
 */
export class SteadySessionManager extends Http2SessionManager {
  readonly #heard = new WeakSet<object>();

  override async request(...call: Parameters<Http2SessionManager["request"]>) {
    const stream = await super.request(...call);
    const { session } = stream;
    if (session !== undefined && !this.#heard.has(session)) {
      this.#heard.add(session);
      session.on("error", () => {});
    }
    return stream;
  }
}
