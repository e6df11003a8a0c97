import { resolve } from "node:path";
import type { CallRates } from "../grpc/call-rates.js";
import type { Rate } from "../limits/rate-limiter.js";
import { readCallRates, readRate } from "./read-rates.js";
import { readSecretFiles } from "./read-secret-files.js";
import { readTracing, type TracingConfig } from "./read-tracing.js";

/** Everything that the environment can set. Flags of the CLI win over it. */
export interface Config {
  /** Where the embedded default keeps everything. CINEDEEPMATCH_DATA_DIR, `./.data` unless set. */
  readonly dataDirectory: string;
  /** The address to listen on. HOST, `127.0.0.1` unless set. */
  readonly host: string;
  /** GATEWAY_PORT, 8080 unless set; 0 for a free one. */
  readonly gatewayPort: number;
  /** GRPC_PORT, 9090 unless set; 0 for a free one. */
  readonly grpcPort: number;
  /**
   * The port of a role's metrics, health and, at the gRPC server, the queue's dashboard. OPS_PORT; 0 for
   * a free one; 9091 unless set, or a free one where that is taken.
   */
  readonly opsPort: number | undefined;
  /** Where a gateway that runs apart forwards /admin to, such as `http://127.0.0.1:9091`. OPS_URL, nowhere unless set. */
  readonly opsUrl: string | undefined;
  /** The PostgreSQL server that keeps accounts and activity. DATABASE_URL; the embedded database unless set. */
  readonly databaseUrl: string | undefined;
  /** The MongoDB server that keeps the catalogue. MONGODB_URL; the embedded database unless set. */
  readonly mongodbUrl: string | undefined;
  /**
   * Where the files of registered models are kept. MODEL_DIR, the folder `models` of the data directory unless set. gRPC
   * servers that share a database share it.
   */
  readonly modelDirectory: string | undefined;
  /** After how many days users' events are deleted. ACTIVITY_RETENTION_DAYS, never unless set. */
  readonly activityRetentionDays: number | undefined;
  /** After how many days match jobs are deleted with their results. MATCH_JOB_RETENTION_DAYS, 7 unless set. */
  readonly matchJobRetentionDays: number;
  /** After how many days each tenant's taste model is learned anew. LEARN_EVERY_DAYS, never unless set. */
  readonly learnEveryDays: number | undefined;
  /** Where the queue is. REDIS_URL; in the embedded database unless set. */
  readonly redisUrl: string | undefined;
  /** The gRPC server of a gateway or a worker that runs apart from it. GRPC_URL, `http://127.0.0.1:9090` unless set. */
  readonly grpcUrl: string;
  /** A model worker's token. WORKER_TOKEN; only for workers that run apart. */
  readonly workerToken: string | undefined;
  /** The keys of the model audience as k4.local PASERKs. MODEL_KEYS; only for workers that run apart. */
  readonly modelKeys: string | undefined;
  /** Origins that browsers may call from, separated by commas. CORS_ORIGINS, none unless set. */
  readonly corsOrigins: readonly string[];
  /**
   * Whom to believe about callers' addresses, as addresses or networks (`10.0.0.0/8`) separated by commas: gateways, for
   * the gRPC server; proxies in front of it, for the gateway. TRUSTED_PROXIES; unless set only this machine's gateway.
   */
  readonly trustedProxies: readonly string[];
  /** How often whom may call the gRPC server. RATE_LIMIT_*, QUOTA and MAX_OPEN_STREAMS: see readCallRates. */
  readonly callRates: CallRates;
  /** How often an address may call the gateway. RATE_LIMIT_GATEWAY, `10000/60s` unless set; undefined for `off`. */
  readonly gatewayRate: Rate | undefined;
  /**
   * The tenants in which anybody may create a user with a password, separated by commas. SIGN_UP_TENANTS, `default`
   * unless set; empty for none.
   */
  readonly signUpTenants: readonly string[];
  /** Whether famous films are also found by what we noted of them. FILM_NOTES, `on` unless set to `off`. */
  readonly filmNotes: boolean;
  /** Whether an answer is used again while the catalogue does not change. RESULT_CACHE, `on` unless set to `off`. */
  readonly resultCache: boolean;
  /** How traces are made; undefined, and no traces, unless a collector is configured. See readTracing. */
  readonly tracing: TracingConfig | undefined;
  /** LOG_LEVEL, `info` unless set. */
  readonly logLevel: string;
}

/** Reads the environment. The only place that does. */
export function readConfig(given: NodeJS.ProcessEnv): Config {
  const env = readSecretFiles(given);
  return {
    dataDirectory: resolve(env.CINEDEEPMATCH_DATA_DIR || ".data"),
    host: env.HOST || "127.0.0.1",
    gatewayPort: port("GATEWAY_PORT", env.GATEWAY_PORT, 8080),
    grpcPort: port("GRPC_PORT", env.GRPC_PORT, 9090),
    opsPort: env.OPS_PORT ? port("OPS_PORT", env.OPS_PORT, 0) : undefined,
    opsUrl: env.OPS_URL || undefined,
    databaseUrl: env.DATABASE_URL || undefined,
    mongodbUrl: env.MONGODB_URL || undefined,
    modelDirectory: env.MODEL_DIR ? resolve(env.MODEL_DIR) : undefined,
    activityRetentionDays: days("ACTIVITY_RETENTION_DAYS", env.ACTIVITY_RETENTION_DAYS),
    matchJobRetentionDays: days("MATCH_JOB_RETENTION_DAYS", env.MATCH_JOB_RETENTION_DAYS) ?? 7,
    learnEveryDays: days("LEARN_EVERY_DAYS", env.LEARN_EVERY_DAYS),
    redisUrl: env.REDIS_URL || undefined,
    grpcUrl: env.GRPC_URL || "http://127.0.0.1:9090",
    workerToken: env.WORKER_TOKEN || undefined,
    modelKeys: env.MODEL_KEYS || undefined,
    corsOrigins: list(env.CORS_ORIGINS),
    trustedProxies: list(env.TRUSTED_PROXIES),
    callRates: readCallRates(env),
    gatewayRate: readRate("RATE_LIMIT_GATEWAY", env.RATE_LIMIT_GATEWAY, { limit: 10_000, windowMs: 60_000 }),
    signUpTenants: list(env.SIGN_UP_TENANTS ?? "default"),
    filmNotes: onOrOff("FILM_NOTES", env.FILM_NOTES),
    resultCache: onOrOff("RESULT_CACHE", env.RESULT_CACHE),
    tracing: readTracing(env),
    logLevel: env.LOG_LEVEL || "info",
  };
}

function list(text = ""): string[] {
  return text.split(",").flatMap((item) => item.trim() || []);
}

function onOrOff(name: string, text: string | undefined): boolean {
  if (text === undefined || text === "" || text === "on") return true;
  if (text === "off") return false;
  throw new Error(`${name} must be on or off, not "${text}".`);
}

function days(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${name} must be a number of days, not "${text}".`);
}

function port(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined || text === "") return fallback;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < 65_536) return number;
  throw new Error(`${name} must be a port number, not "${text}".`);
}
