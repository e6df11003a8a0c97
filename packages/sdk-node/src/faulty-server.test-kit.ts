import { createServer as createHttpServer, type IncomingMessage, type Server } from "node:http";
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import {
  ActivityService,
  CatalogService,
  type Event,
  type ListMoviesRequest,
  type MatchRequest,
  MatchService,
} from "@cinedeepmatch/sdk-core";
import type { ConnectRouter, HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import type { WireFault } from "./wire-faults.test-kit.js";

/** One call that reached a handler. */
export interface SeenCall {
  readonly method: string;
  readonly authorization: string | null;
  /** What the client said is left of its deadline, in milliseconds. */
  readonly timeoutMs: number | undefined;
  readonly at: number;
  readonly events?: readonly Event[];
}

type Answer<Request, Response> = (request: Request, attempt: number, context: HandlerContext) => Promise<Response>;

/** A real server whose answers and connections fail on demand. */
export interface FaultyServer {
  readonly baseUrl: string;
  /** The calls that reached a handler, in order. */
  readonly seen: SeenCall[];
  /** When each call arrived, those included that reached no handler. */
  readonly arrivals: number[];
  /** What befalls the next calls on their way. */
  readonly faults: WireFault[];
  /** Answers Match; throws what a test wants thrown. */
  match: Answer<MatchRequest, { matchId: string }>;
  /** Answers ListMovies. */
  listMovies: Answer<ListMoviesRequest, { movies: { id: string }[]; nextPageToken: string }>;
  /** Called by CreateMovie, GetMovie and RecordEvents before they answer. */
  fault: (attempt: number, context: HandlerContext) => Promise<void>;
  /** Streamed by WatchMatchJob: the job's request count, or a result's index. */
  watch: (attempt: number, context: HandlerContext) => AsyncIterable<{ requestCount: number } | { index: number }>;
  /** After which result each WatchMatchJob asked to go on. */
  readonly watchedAfter: (number | undefined)[];
  /** Destroys all connections; new ones can be made. */
  cutConnections(): void;
  stop(): Promise<void>;
}

/** Starts a server, on a free port unless it is to be at a certain one. */
export async function startFaultyServer(http: "1.1" | "2", at = 0): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const faulty: Omit<FaultyServer, "baseUrl" | "stop" | "cutConnections"> = {
    seen: [],
    arrivals: [],
    faults: [],
    match: async () => ({ matchId: "m" }),
    listMovies: async () => ({ movies: [], nextPageToken: "" }),
    fault: async () => {},
    watch: async function* () {},
    watchedAfter: [],
  };
  const adapter = connectNodeAdapter({ routes: (router) => serve(router, faulty) });
  const handle = (request: IncomingMessage | Http2ServerRequest, response: unknown) => {
    faulty.arrivals.push(performance.now());
    const pass = () => adapter(request as Http2ServerRequest, response as Http2ServerResponse);
    const fault = faulty.faults.shift();
    if (fault === undefined) pass();
    else fault(request, response as Http2ServerResponse, pass);
  };
  const server: Server | Http2Server = http === "2" ? createHttp2Server(handle) : createHttpServer(handle);
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const cutConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return Object.assign(faulty, {
    baseUrl: `http://127.0.0.1:${port}`,
    cutConnections,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cutConnections();
      await closed;
    },
  });
}

function serve(router: ConnectRouter, faulty: Omit<FaultyServer, "baseUrl" | "stop" | "cutConnections">): void {
  const note = (context: HandlerContext, events?: Event[]): number => {
    const { method } = context;
    const authorization = context.requestHeader.get("authorization");
    const timeoutMs = context.timeoutMs();
    const call = { method: method.name, authorization, timeoutMs, at: performance.now() };
    faulty.seen.push(events === undefined ? call : { ...call, events });
    return faulty.seen.filter((seen) => seen.method === method.name).length;
  };
  router.service(MatchService, {
    match: (request, context) => faulty.match(request, note(context), context),
    async *watchMatchJob({ afterIndex }, context) {
      faulty.watchedAfter.push(afterIndex);
      for await (const value of faulty.watch(note(context), context)) {
        yield { update: "index" in value ? { case: "result", value } : { case: "job", value } };
      }
    },
  });
  router.service(CatalogService, {
    listMovies: (request, context) => faulty.listMovies(request, note(context), context),
    async getMovie({ id }, context) {
      await faulty.fault(note(context), context);
      return { id };
    },
    async createMovie({ movie }, context) {
      await faulty.fault(note(context), context);
      return movie ?? {};
    },
    async *importMovies(requests, context) {
      note(context);
      for await (const { request } of requests) {
        yield { committedRow: request.case === "batch" ? request.value.lastRow : 0n };
      }
    },
  });
  router.service(ActivityService, {
    async recordEvents({ events }, context) {
      await faulty.fault(note(context, events), context);
      return { recordedCount: events.length };
    },
  });
}
