import { isIPv6 } from "node:net";
import { Code } from "@connectrpc/connect";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "./gateway-error.js";
import type { DemoOptions } from "./gateway-options.js";

/**
 * `POST /demo/session` gives the page that this gateway serves a token, so that `npm start` needs no account. Whoever
 * can call it is the demo user; therefore it answers only this machine's browser, and only to this gateway's own page.
 */
export function addDemoSession(app: FastifyInstance, demo: DemoOptions): void {
  app.post("/demo/session", async (request, reply) => {
    if (!isOwnPage(request)) {
      throw new GatewayError("Only the page on this machine gets a demo session.", Code.PermissionDenied);
    }
    const { token, expireTime, userId = "demo" } = await demo.mintToken();
    reply.header("cache-control", "no-store");
    return { token, expireTime: expireTime.toISOString(), userId };
  });
}

function isOwnPage({ socket, headers }: FastifyRequest): boolean {
  return (
    isLoopback(socket.remoteAddress ?? "") &&
    // Through a proxy on this machine, everybody comes from loopback.
    !["forwarded", "x-forwarded-for", "x-real-ip", "via"].some((name) => name in headers) &&
    // A page elsewhere can have its own name resolve to 127.0.0.1 ("DNS rebinding"); the Host header gives it away.
    /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(headers.host ?? "") &&
    ["same-origin", "none"].includes(String(headers["sec-fetch-site"]))
  );
}

// From the socket, not from headers that anyone can send.
function isLoopback(address: string): boolean {
  const v4 = isIPv6(address) ? address.replace(/^::ffff:/i, "") : address;
  return v4 === "::1" || v4.startsWith("127.");
}
