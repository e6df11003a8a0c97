import { Agent, request } from "node:http";

/** Matches through the gateway as plainly as can be, so that the measuring takes little of what is measured. */
export class MatchClient {
  #agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  #url;
  #headers;

  constructor({ gatewayUrl, token }) {
    this.#url = new URL("/cinedeepmatch.v1.MatchService/Match", gatewayUrl);
    this.#headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  }

  /** Never rejects: `outcome` is `ok`, the reason of the failure, or `broken` for a connection that broke. */
  match(body, timeoutMs = 10_000) {
    const startedAt = performance.now();
    return new Promise((resolve) => {
      const end = (outcome, more = {}) => resolve({ outcome, ms: performance.now() - startedAt, ...more });
      const options = {
        method: "POST",
        agent: this.#agent,
        headers: { ...this.#headers, "connect-timeout-ms": timeoutMs },
      };
      const call = request(this.#url, options, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("error", () => end("broken"));
        response.on("end", () => {
          if (response.statusCode === 200) return end("ok");
          const text = Buffer.concat(chunks).toString();
          const reason = /"reason":"([A-Z_]+)"/.exec(text)?.[1] ?? /"code":"([a-z_]+)"/.exec(text)?.[1];
          const retryAfterMs = Number(response.headers["retry-after-ms"] ?? Number.NaN);
          end(reason ?? `status ${response.statusCode}`, { retryAfterMs });
        });
      });
      call.on("error", () => end("broken"));
      call.end(JSON.stringify(body));
    });
  }

  close() {
    this.#agent.destroy();
  }
}
