import type { Claims } from "@cinedeepmatch/auth";
import { ErrorReason } from "@cinedeepmatch/contract";
import type { HandlerContext } from "@connectrpc/connect";
import { MemoryRateLimiter } from "../limits/memory-rate-limiter.js";
import { networkOf } from "../limits/network-of.js";
import type { Rate, RateLimiter, RateVerdict } from "../limits/rate-limiter.js";
import { ServiceError } from "../matching/service-error.js";
import { type CallRates, DEFAULT_CALL_RATES } from "./call-rates.js";
import { OpenStreams } from "./open-streams.js";
import { PEER_ADDRESS } from "./peer-address.js";

type Context = Pick<HandlerContext, "values" | "responseHeader" | "signal" | "method">;

/** Refuses calls that come too often with RATE_LIMITED, and says in the RateLimit headers how many more may come. */
export class CallLimiter {
  readonly #rates: CallRates;
  readonly #shared: RateLimiter;
  readonly #own = new MemoryRateLimiter();
  readonly #streams: OpenStreams;

  /** @param shared counts what holds for all servers together */
  constructor(shared: RateLimiter = new MemoryRateLimiter(), rates: CallRates = DEFAULT_CALL_RATES) {
    this.#rates = rates;
    this.#shared = shared;
    this.#streams = new OpenStreams(rates.openStreams);
  }

  /** Any call, before its token is looked at. */
  admitAddress(context: Context): Promise<void> {
    return this.#take(context, this.#own, "address", networkOf(addressOf(context)), this.#rates.address);
  }

  /** A call that needs no token. */
  async admitWithoutToken(context: Context): Promise<void> {
    const network = networkOf(addressOf(context));
    await this.#take(context, this.#shared, "public", network, this.#rates.withoutToken);
    this.#streams.admit(context, `address ${network}`);
  }

  /** A call whose token was refused. */
  countRefusal(context: Context): Promise<void> {
    const network = networkOf(addressOf(context));
    return this.#take(context, this.#shared, "refused", network, this.#rates.refusedToken);
  }

  /** A call with a good token. */
  async admitCaller(context: Context, { tenant, audience, subject, userId }: Claims): Promise<void> {
    const caller = JSON.stringify([tenant, audience, subject, ...(userId === undefined ? [] : [userId])]);
    if (userId === undefined) {
      await this.#take(context, this.#shared, "quota", caller, this.#rates.quota);
      await this.#take(context, this.#shared, "service", caller, this.#rates.service);
    } else {
      await this.#take(context, this.#shared, "user", caller, this.#rates.user);
    }
    // A model worker follows the catalogue of every tenant; its own limits are in worker/tenant-replicas.ts.
    if (audience === "client") this.#streams.admit(context, caller);
  }

  async #take(
    context: Context,
    limiter: RateLimiter,
    name: string,
    key: string,
    rate: Rate | undefined,
  ): Promise<void> {
    if (rate === undefined) return;
    const verdict = await limiter.take(`${name}:${key}`, rate);
    announce(context.responseHeader, verdict);
    if (!verdict.allowed) throw rateLimited(name, verdict.retryAfterMs);
  }
}

function addressOf(context: Context): string {
  return context.values.get(PEER_ADDRESS);
}

/** The limit that is nearest to its end is the one worth knowing. */
function announce(headers: Headers, { limit, remaining, resetMs }: RateVerdict): void {
  const known = headers.get("ratelimit-remaining");
  if (known !== null && Number(known) <= remaining) return;
  headers.set("ratelimit-limit", String(limit));
  headers.set("ratelimit-remaining", String(remaining));
  headers.set("ratelimit-reset", String(Math.ceil(resetMs / 1_000)));
}

const WHAT: Readonly<Record<string, string>> = {
  address: "Too many calls from this address.",
  public: "Too many calls without a token from this address.",
  refused: "Too many refused tokens from this address.",
  service: "Too many calls with tokens of this subject.",
  user: "Too many calls of this user.",
  quota: "The quota of this subject is used up.",
};

function rateLimited(name: string, retryAfterMs: number): ServiceError {
  return new ServiceError(ErrorReason.RATE_LIMITED, WHAT[name] ?? "Too many calls.", {
    metadata: { limit: name },
    retryAfterMs,
  });
}
