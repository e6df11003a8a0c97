import { type CallRates, DEFAULT_CALL_RATES } from "../grpc/call-rates.js";
import type { Rate } from "../limits/rate-limiter.js";

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Reads how often whom may call. Each is written like `600/60s`, `50/s` or `100000/1d`, or is `off`.
 *
 * RATE_LIMIT_ADDRESS, RATE_LIMIT_PUBLIC, RATE_LIMIT_REFUSED, RATE_LIMIT_SERVICE, RATE_LIMIT_USER, QUOTA and
 * MAX_OPEN_STREAMS; what each means and is by default stands in grpc/call-rates.ts.
 */
export function readCallRates(env: NodeJS.ProcessEnv): CallRates {
  const standard = DEFAULT_CALL_RATES;
  return {
    address: readRate("RATE_LIMIT_ADDRESS", env.RATE_LIMIT_ADDRESS, standard.address),
    withoutToken: readRate("RATE_LIMIT_PUBLIC", env.RATE_LIMIT_PUBLIC, standard.withoutToken),
    refusedToken: readRate("RATE_LIMIT_REFUSED", env.RATE_LIMIT_REFUSED, standard.refusedToken),
    service: readRate("RATE_LIMIT_SERVICE", env.RATE_LIMIT_SERVICE, standard.service),
    user: readRate("RATE_LIMIT_USER", env.RATE_LIMIT_USER, standard.user),
    quota: readRate("QUOTA", env.QUOTA, standard.quota),
    openStreams: readCount("MAX_OPEN_STREAMS", env.MAX_OPEN_STREAMS, standard.openStreams),
  };
}

/** Reads one rate; `undefined` for `off`. */
export function readRate(name: string, text: string | undefined, standard: Rate | undefined): Rate | undefined {
  if (text === undefined || text === "") return standard;
  if (text === "off") return undefined;
  const [, limit, count, unit = ""] = /^(\d+)\/(\d*)([smhd])$/.exec(text) ?? [];
  const rate = { limit: Number(limit), windowMs: Number(count || 1) * (UNITS[unit] ?? 0) };
  if (rate.limit > 0 && rate.windowMs > 0) return rate;
  throw new Error(`${name} must be a rate such as 600/60s, or off, not "${text}".`);
}

function readCount(name: string, text: string | undefined, standard: number): number {
  if (text === undefined || text === "") return standard;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new Error(`${name} must be a whole number above 0, not "${text}".`);
}
