import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Session } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CatalogService, ErrorReason, MatchService } from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { health } from "@cinedeepmatch/contract/grpc";
import { WorkerService } from "@cinedeepmatch/contract/worker";
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";

/** A small real gRPC server for the gateway's tests, and what it saw. */
export interface TestUpstream extends AsyncDisposable {
  url: string;
  port: number;
  /** What each call of `Match` came with, in order. */
  calls: { headers: Headers; timeoutMs: number | undefined; text: string }[];
  /** How many calls are waiting and how many were cancelled while waiting. */
  waiting: { now: number; cancelled: number };
  serving: boolean;
  /** Drops all connections with a TCP reset, as a crashed host does. */
  reset(): void;
  stop(): Promise<void>;
}

/**
 * Starts it. The text of a `Match` says what shall happen: `wait` never answers, `fail` fails with details, `large`
 * answers at length, anything else comes back as the match id. `WatchMatchJob` sends one message every 20 ms.
 */
export async function startUpstream(port = 0): Promise<TestUpstream> {
  const calls: TestUpstream["calls"] = [];
  const waiting = { now: 0, cancelled: 0 };
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();

  const untilCancelled = async (context: HandlerContext) => {
    waiting.now++;
    await once(context.signal, "abort");
    waiting.now--;
    waiting.cancelled++;
    throw new ConnectError("cancelled", Code.Canceled);
  };
  const routes = (router: ConnectRouter) => {
    router.service(MatchService, {
      async match(request, context) {
        calls.push({ headers: context.requestHeader, timeoutMs: context.timeoutMs(), text: request.text });
        context.responseHeader.set("set-cookie", "a=b");
        if (request.text === "wait") await untilCancelled(context);
        if (request.text === "fail") throw notFound();
        return { matchId: request.text === "large" ? "x".repeat(300_000) : request.text };
      },
      async *watchMatchJob(request, context) {
        waiting.now++;
        try {
          for (let index = 0; request.id !== "three" || index < 3; index++) {
            yield { update: { case: "result" as const, value: { index } } };
            await sleep(20, undefined, { signal: context.signal });
          }
        } finally {
          waiting.now--;
          if (context.signal.aborted) waiting.cancelled++;
        }
      },
    });
    router.service(CatalogService, {
      async *importMovies(requests) {
        let rows = 0;
        for await (const { request } of requests) if (request.case === "batch") rows += request.value.rows.length;
        yield { createdCount: BigInt(rows) };
      },
    });
    router.service(WorkerService, {});
    router.service(health.Health, {
      check: () => ({ status: health.HealthCheckResponse_ServingStatus[upstream.serving ? "SERVING" : "NOT_SERVING"] }),
    });
  };

  const server: Http2Server = createServer(connectNodeAdapter({ routes }));
  server.on("connection", (socket) => sockets.add(socket));
  server.on("session", (session) => sessions.add(session));
  server.on("sessionError", () => {});
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as AddressInfo;

  const stop = async () => {
    for (const session of sessions) session.destroy();
    server.close();
  };
  const upstream: TestUpstream = {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    calls,
    waiting,
    serving: true,
    reset: () => sockets.forEach((socket) => void socket.resetAndDestroy()),
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return upstream;
}

function notFound(): ConnectError {
  return new ConnectError("no such movie", Code.NotFound, { "retry-after": "7" }, [
    { desc: ErrorInfoSchema, value: { reason: ErrorReason[ErrorReason.MOVIE_NOT_FOUND], domain: "cinedeepmatch" } },
  ]);
}
