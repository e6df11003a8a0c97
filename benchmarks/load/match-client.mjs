import { HttpConnection } from "./http-connection.mjs";

/** How long a caller waits. */
export const PATIENCE_MS = 10_000;

/** Matches through the gateway as plainly as can be, so that the measuring takes little of what is measured. */
export class MatchClient {
  #url;
  #head;
  #idle = [];
  #open = new Set();

  constructor({ gatewayUrl, token }) {
    this.#url = new URL(gatewayUrl);
    const headers = {
      host: this.#url.host,
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "connect-timeout-ms": PATIENCE_MS,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#head = `POST /cinedeepmatch.v1.MatchService/Match HTTP/1.1\r\n${lines.join("")}`;
  }

  /**
   * Never rejects: `outcome` is `ok`, the reason of the failure, `given up` when the answer took longer than a caller
   * waits, or `broken` for a connection that broke.
   */
  async match(body) {
    const text = JSON.stringify(body);
    const startedAt = performance.now();
    const end = (outcome, more = {}) => ({ outcome, ms: performance.now() - startedAt, ...more });
    const connection = this.#take();
    const timer = setTimeout(() => connection.close(), PATIENCE_MS);
    try {
      const answer = await connection.request(`${this.#head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
      this.#idle.push(connection);
      return answer.status === 200 ? end("ok") : end(...failureOf(answer));
    } catch {
      this.#open.delete(connection);
      return end(performance.now() - startedAt < PATIENCE_MS ? "broken" : "given up");
    } finally {
      clearTimeout(timer);
    }
  }

  close() {
    for (const connection of this.#open) connection.close();
  }

  /** The one used last, so that a few are kept busy and the others end. */
  #take() {
    const idle = this.#idle.pop();
    if (idle?.isOpen) return idle;
    const opened = new HttpConnection(this.#url);
    this.#open.add(opened);
    return opened;
  }
}

function failureOf({ status, head, body }) {
  const reason = /"reason":"([A-Z_]+)"/.exec(body)?.[1] ?? /"code":"([a-z_]+)"/.exec(body)?.[1];
  const retryAfterMs = Number(/\r\nretry-after-ms: (\d+)/.exec(head)?.[1] ?? Number.NaN);
  return [reason ?? `status ${status}`, { retryAfterMs }];
}
