import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, type DescMethod, type Message } from "@bufbuild/protobuf";
import type { ConnectRouter, HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { publicServices } from "./rest-services.js";

/** What a call came with. */
export interface SeenCall {
  readonly method: DescMethod;
  readonly request: Message;
  readonly context: HandlerContext;
}

/** A gRPC server that implements every method of the public API by remembering the call. */
export interface EchoUpstream extends AsyncDisposable {
  readonly url: string;
  /** The last call. */
  readonly seen: () => SeenCall;
  /** How the next calls are answered; with an empty message at first. Streams send every message. */
  answer: (
    call: SeenCall,
  ) => Message | readonly Message[] | Promise<Message | readonly Message[]> | AsyncIterable<Message>;
}

/** Starts it on a free port. */
export async function startEchoUpstream(): Promise<EchoUpstream> {
  let last: SeenCall | undefined;
  const handlerOf = (method: DescMethod) => {
    const seen = (request: Message, context: HandlerContext) => {
      last = { method, request, context };
      return upstream.answer(last);
    };
    if (method.methodKind === "unary") return (request: Message, context: HandlerContext) => seen(request, context);
    return async function* (request: Message, context: HandlerContext) {
      const answer = await seen(request, context);
      yield* Symbol.asyncIterator in answer ? answer : [answer].flat();
    };
  };
  const routes = (router: ConnectRouter) => {
    for (const service of publicServices) {
      const methods = service.methods.filter((m) => m.methodKind === "unary" || m.methodKind === "server_streaming");
      const implementation = Object.fromEntries(methods.map((method) => [method.localName, handlerOf(method)]));
      router.service(service, implementation as ServiceImpl<typeof service>);
    }
  };
  const server = createServer(connectNodeAdapter({ routes }));
  const sessions = new Set<{ destroy(): void }>();
  server.on("session", (session) => sessions.add(session));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const upstream: EchoUpstream = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen() {
      if (last === undefined) throw new Error("Nothing was called.");
      return last;
    },
    answer: ({ method }) => create(method.output),
    async [Symbol.asyncDispose]() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
  return upstream;
}
