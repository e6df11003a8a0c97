import { type ClaimsToIssue, importKeyRing, issueToken, KeyRing, TokenVerifier } from "@cinedeepmatch/auth";
import type { Movie } from "@cinedeepmatch/contract";
import { onTestFinished } from "vitest";
import type { Matcher } from "../matching/matcher.js";
import type { CallMeasurements } from "../matching/measurements.js";
import { movieNotFound } from "../matching/service-error.js";
import { type CallRates, DEFAULT_CALL_RATES } from "./call-rates.js";
import { type GrpcServerOptions, startGrpcServer } from "./grpc-server.js";
import { CallLimiter } from "./limit-calls.js";
import { createMatchDoor } from "./match-door.js";
import { NO_MODELS } from "./no-models.test.support.js";
import { SERVICE_TOKEN_SCOPES } from "./scopes.js";
import { DEFAULT_SESSION_LIMITS, type SessionLimits } from "./session-limits.js";

/** A gRPC server over a catalogue that is a map, and what it logged. */
export interface TestGrpcServer {
  readonly url: string;
  readonly port: number;
  readonly movies: Map<string, Movie>;
  readonly logged: { level: string; fields: Record<string, unknown>; message: string }[];
  serving: boolean;
  /** As at the end of the test, but now. */
  close(graceMs: number): Promise<void>;
  /** A token of the owner's, unless told otherwise. */
  token(claims?: Partial<ClaimsToIssue>): Promise<string>;
  modelToken(claims?: Partial<ClaimsToIssue>): Promise<string>;
}

/** What a test may change. */
export interface TestGrpcOptions {
  readonly rates?: Partial<CallRates>;
  readonly sessions?: Partial<SessionLimits>;
  readonly connections?: { readonly total: number; readonly perAddress: number };
  readonly measurements?: CallMeasurements;
  readonly match?: Matcher["match"];
}

/** Starts one for the test that runs. */
export async function startTestGrpcServer(options: TestGrpcOptions = {}): Promise<TestGrpcServer> {
  const rings = { client: newRing("client"), model: newRing("model") };
  const movies = new Map<string, Movie>();
  const logged: TestGrpcServer["logged"] = [];
  const keep = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields: { ...fields }, message });
  const state = { serving: true };
  const server = await startGrpcServer({
    ...portsOf(movies, () => state.serving, options.match),
    host: "127.0.0.1",
    port: 0,
    verifiers: {
      client: new TokenVerifier({ ring: rings.client }),
      model: new TokenVerifier({ ring: rings.model }),
    },
    log: { info: keep("info"), error: keep("error") },
    callLimiter: new CallLimiter(undefined, { ...DEFAULT_CALL_RATES, ...options.rates }),
    sessionLimits: { ...DEFAULT_SESSION_LIMITS, sweepMs: 50, ...options.sessions },
    ...(options.connections && { connectionLimits: options.connections }),
    ...(options.measurements && { measurements: options.measurements }),
  });
  onTestFinished(() => server.close(0));
  const issue = async (ring: KeyRing, claims: Partial<ClaimsToIssue> = {}) => {
    const defaults = { subject: "tester", scopes: SERVICE_TOKEN_SCOPES, expiresAt: Date.now() + 60_000 };
    return (await issueToken(ring, { ...defaults, ...claims })).token;
  };
  return Object.assign(state, {
    url: server.url,
    port: Number(new URL(server.url).port),
    movies,
    logged,
    close: (graceMs: number) => server.close(graceMs),
    token: (claims?: Partial<ClaimsToIssue>) => issue(rings.client, claims),
    modelToken: (claims?: Partial<ClaimsToIssue>) => issue(rings.model, { scopes: ["worker"], ...claims }),
  });
}

function newRing<A extends "client" | "model">(audience: A): KeyRing<A> {
  const maker = new KeyRing(audience);
  maker.generate();
  return importKeyRing(audience, maker.exportKeys()[0]?.secret ?? "");
}

type Ports = Pick<GrpcServerOptions, "isReady" | "match" | "catalog" | "activity" | "account" | "model" | "worker">;

const findNothing = () => Promise.reject(movieNotFound("nothing"));

function portsOf(movies: Map<string, Movie>, isReady: () => boolean, match: Matcher["match"] = findNothing): Ports {
  const catalog = {
    getMovies: async (_tenant: string, ids: readonly string[]) =>
      new Map(ids.flatMap((id) => (movies.has(id) ? [[id, movies.get(id)]] : []))),
    createMovie: async (_tenant: string, movie: Movie) => {
      movies.set(movie.id, movie);
      return movie;
    },
    onWrite: () => () => {},
    changesSince: () => new Promise(() => {}),
  };
  async function* importMovies(_tenant: string, requests: AsyncIterable<unknown>) {
    for await (const _ of requests) yield { committedRow: 1n };
  }
  // Only what these tests call is there.
  return {
    isReady,
    match: {
      matcher: { match },
      catalog,
      door: createMatchDoor(5, { requestBegan() {}, requestEnded() {} }),
      jobs: {},
      keepJobsMs: 0,
      onNewJob() {},
    },
    catalog: { catalog, modelVersion: "m", importMovies, readyWorkers: () => 0 },
    activity: { activity: {} },
    account: { ring: newRing("client") },
    model: { shipped: [] },
    worker: { catalog, registry: { heartbeat() {} }, modelFile: () => undefined, ...NO_MODELS },
  } as unknown as Ports;
}
