import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { MatchService } from "@cinedeepmatch/contract";
import { createClient, type HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { expect, onTestFinished, test, vi } from "vitest";
import { amendErrors } from "./amend-errors.js";

type Updates = AsyncGenerator<{ update: { case: "result"; value: { index: number } } }>;

/** Answers `hang` with one update and, when the caller is gone, another one; `unwritable` with what is no message. */
async function* answer({ id }: { id: string }, { signal }: HandlerContext): Updates {
  const result = (index: number) => ({ update: { case: "result" as const, value: { index } } });
  if (id === "unwritable") yield result("none" as unknown as number);
  yield result(0);
  await once(signal, "abort");
  yield result(1);
}

test("logs an answer that cannot be written, and not that a caller hung up in the middle of one", async () => {
  const logged: unknown[] = [];
  let ended = 0;
  const server = createServer(
    connectNodeAdapter({
      routes: (router) =>
        router.service(MatchService, {
          async *watchMatchJob(request, context) {
            try {
              yield* answer(request, context);
            } finally {
              ended++;
            }
          },
        }),
      requestGate: async (context) => amendErrors(context, "request", { error: (fields) => logged.push(fields) }),
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const connection = new Http2SessionManager(baseUrl);
  onTestFinished(() => connection.abort());
  const client = createClient(MatchService, createGrpcTransport({ baseUrl, sessionManager: connection }));
  const watch = async (id: string, onUpdate = () => {}) => {
    for await (const _ of client.watchMatchJob({ id })) onUpdate();
  };
  await expect(watch("hang", () => connection.abort())).rejects.toThrow();
  await vi.waitFor(() => expect(ended).toBe(1));
  await expect(watch("unwritable")).rejects.toThrow();
  const cause = expect.objectContaining({ message: expect.stringContaining("index") });
  expect(logged).toEqual([{ requestId: "request", method: "WatchMatchJob", err: cause }]);
});
