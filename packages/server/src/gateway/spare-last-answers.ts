import { once } from "node:events";
import type { Server, ServerResponse } from "node:http";

/**
 * Lets answers that have ended leave the process before their connections are closed. Node takes a connection for idle as
 * soon as its answer has ended, and throws away what of it has not been sent when the server closes.
 */
export function spareLastAnswers(server: Server): void {
  const answers = new Set<ServerResponse>();
  server.on("request", (_request, answer: ServerResponse) => {
    answers.add(answer);
    answer.once("close", () => answers.delete(answer));
  });
  const closeIdle = server.closeIdleConnections.bind(server);
  server.closeIdleConnections = () => {
    // Even one that is with the system already: who waits to hear that it has left would not hear it.
    const leaving = [...answers].filter((answer) => answer.writableEnded);
    if (leaving.length === 0) closeIdle();
    else void Promise.all(leaving.map((answer) => once(answer, "close"))).then(() => server.closeIdleConnections());
  };
}
