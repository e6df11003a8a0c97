import { connect } from "node:net";

/**
 * Opens connections that send part of a request and then a byte now and then, so that no timer of silence ends them.
 * Resolves when the server has closed them all, with how long that took and how many were open at once.
 */
export async function holdHalfOpen(server, { connections, trickleMs, limitMs }) {
  const startedAt = performance.now();
  const port = Number(new URL(server.gatewayUrl).port);
  let open = 0;
  let mostOpen = 0;
  const closed = Array.from({ length: connections }, () => {
    const socket = connect(port, "127.0.0.1");
    socket.resume();
    socket.on("connect", () => {
      mostOpen = Math.max(mostOpen, ++open);
      socket.write("POST /cinedeepmatch.v1.MatchService/Match HTTP/1.1\r\nHost: x\r\nx-a: ");
    });
    const trickle = setInterval(() => socket.write("a"), trickleMs);
    socket.on("error", () => {});
    return new Promise((resolve) => {
      const giveUp = setTimeout(() => socket.destroy(), limitMs);
      socket.on("close", () => {
        clearInterval(trickle);
        clearTimeout(giveUp);
        open--;
        resolve(performance.now() - startedAt < limitMs);
      });
    });
  });
  const closedByServer = (await Promise.all(closed)).filter(Boolean).length;
  return { connections, mostOpen, closedByServer, lastClosedAfterMs: Math.round(performance.now() - startedAt) };
}
