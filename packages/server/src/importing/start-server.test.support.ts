import { once } from "node:events";
import { createServer, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { createValidator } from "@bufbuild/protovalidate";
import {
  ActivityService,
  CatalogService,
  ErrorReason,
  type Event,
  type ImportBatch,
  ImportMode,
  MatchService,
  type Movie,
  MovieSchema,
} from "@cinedeepmatch/contract";
import { ErrorInfoSchema } from "@cinedeepmatch/contract/error-details";
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { onTestFinished } from "vitest";

/** A gRPC server whose stores are maps, which outlive the server's restarts as files would. */
export interface TestServer {
  url: string;
  movies: Map<string, Movie>;
  imports: Map<string, { committedRow: number; created: number; updated: number; rejected: number }>;
  events: Map<string, Event>;
  /** What the clients sent: last rows of batches, modes, tokens, sizes of event calls. */
  seen: { batches: number[]; modes: ImportMode[]; tokens: (string | null)[]; recorded: number[] };
  /** Called with the number of the batch, before it is stored and after. */
  beforeBatch: (batch: number) => void | Promise<void>;
  afterBatch: (batch: number) => void | Promise<void>;
  /** How many more movies count as encoded at each look. */
  encodeStep: number;
  workers: number;
  /** Refuses all tokens but this one. */
  token: string | undefined;
  /** Breaks all connections, as a killed process does. */
  kill(): void;
  /** Stops listening too. */
  stop(): Promise<void>;
  /** Listens again on the same port. */
  start(): Promise<void>;
}

/** Starts it for one test. */
export async function startServer(): Promise<TestServer> {
  const validator = createValidator();
  const sessions = new Set<ServerHttp2Session>();
  let encoded = 0;
  let http = createServer();
  let port = 0;

  function store({ rows, lastRow }: ImportBatch, mode: ImportMode, importId: string) {
    const state = server.imports.get(importId) ?? { committedRow: 0, created: 0, updated: 0, rejected: 0 };
    const rejections: { row: bigint; message: string }[] = [];
    for (const { row, movie } of rows.filter((item) => Number(item.row) > state.committedRow)) {
      if (!movie?.title || validator.validate(MovieSchema, movie).kind !== "valid") {
        rejections.push({ row, message: "breaks a rule" });
        continue;
      }
      const old = server.movies.get(movie.id);
      if (old === undefined) state.created++;
      else state.updated++;
      server.movies.set(movie.id, old !== undefined && mode === ImportMode.MERGE ? { ...movie, ...old } : movie);
    }
    state.rejected += rejections.length;
    state.committedRow = Math.max(state.committedRow, Number(lastRow));
    server.imports.set(importId, state);
    return rejections;
  }

  const answer = (importId: string, rejections: { row: bigint; message: string }[] = []) => {
    const { committedRow = 0, created = 0, updated = 0, rejected = 0 } = server.imports.get(importId) ?? {};
    return {
      committedRow: BigInt(committedRow),
      createdCount: BigInt(created),
      updatedCount: BigInt(updated),
      rejectedCount: BigInt(rejected),
      rejections,
    };
  };

  const routes = (router: ConnectRouter) => {
    router.service(CatalogService, {
      async *importMovies(requests) {
        let header = { importId: "", mode: ImportMode.UNSPECIFIED };
        for await (const { request } of requests) {
          if (request.case === "header") {
            header = request.value;
            server.seen.modes.push(header.mode);
            yield answer(header.importId);
          } else if (request.case === "batch") {
            const number = server.seen.batches.push(Number(request.value.lastRow));
            await server.beforeBatch(number);
            const rejections = store(request.value, header.mode, header.importId);
            await server.afterBatch(number);
            yield answer(header.importId, rejections);
          }
        }
      },
      getCatalogStatus(_request, context) {
        const token = context.requestHeader.get("authorization");
        server.seen.tokens.push(token);
        if (server.token !== undefined && token !== `Bearer ${server.token}`) {
          throw failure(ErrorReason.TOKEN_REJECTED, Code.Unauthenticated, "The token is not valid.");
        }
        encoded = Math.min(server.movies.size, encoded + server.encodeStep);
        return {
          movieCount: BigInt(server.movies.size),
          encodedCount: BigInt(encoded),
          readyWorkerCount: server.workers,
          revision: 7n,
        };
      },
      batchGetMovies: ({ ids }) => ({ missingIds: ids.filter((id) => !server.movies.has(id)) }),
      lookupMovie({ externalId }) {
        for (const movie of server.movies.values()) {
          if (movie.externalIds.some((id) => id.source === externalId?.source && id.value === externalId.value)) {
            return movie;
          }
        }
        throw failure(ErrorReason.MOVIE_NOT_FOUND, Code.NotFound, "There is no such movie.");
      },
      getMovie: ({ id }) => found(id),
      listMovies: ({ pageSize }) => ({ movies: [...server.movies.values()].slice(0, pageSize) }),
      deleteMovie({ id }) {
        server.movies.delete(found(id).id);
        return {};
      },
    });
    router.service(ActivityService, {
      recordEvents({ events }) {
        server.seen.recorded.push(events.length);
        const fresh = events.filter(({ id }) => !server.events.has(id));
        for (const event of fresh) server.events.set(event.id, event);
        return { recordedCount: fresh.length, duplicateCount: events.length - fresh.length };
      },
    });
    router.service(MatchService, {
      match(request) {
        const movies = [...server.movies.values()].slice(0, request.pageSize);
        const reasons = request.explain ? [{ share: 0.75, description: `It has "${request.text}".` }] : [];
        return { results: movies.map((movie, index) => ({ movie, score: 1 / (index + 1), reasons })) };
      },
    });
  };

  function found(id: string): Movie {
    const movie = server.movies.get(id);
    if (movie === undefined) throw failure(ErrorReason.MOVIE_NOT_FOUND, Code.NotFound, `There is no movie "${id}".`);
    return movie;
  }

  const server: TestServer = {
    url: "",
    movies: new Map(),
    imports: new Map(),
    events: new Map(),
    seen: { batches: [], modes: [], tokens: [], recorded: [] },
    beforeBatch: () => {},
    afterBatch: () => {},
    encodeStep: 1_000_000,
    workers: 1,
    token: undefined,
    kill() {
      for (const session of sessions) session.destroy();
      sessions.clear();
    },
    async stop() {
      const closed = http.listening ? once(http, "close") : undefined;
      http.close();
      server.kill();
      await closed;
    },
    async start() {
      http = createServer(connectNodeAdapter({ routes }));
      http.on("session", (session) => sessions.add(session)).on("sessionError", () => {});
      http.listen(port, "127.0.0.1");
      await once(http, "listening");
      port = (http.address() as AddressInfo).port;
      server.url = `http://127.0.0.1:${port}`;
    },
  };
  await server.start();
  onTestFinished(() => server.stop());
  return server;
}

function failure(reason: ErrorReason, code: Code, message: string): ConnectError {
  const value = { reason: ErrorReason[reason], domain: "cinedeepmatch" };
  return new ConnectError(message, code, undefined, [{ desc: ErrorInfoSchema, value }]);
}
