import type { Rate } from "../limits/rate-limiter.js";

/** How often whom may call. `undefined` sets no limit. */
export interface CallRates {
  /** All calls of an address, whatever they are. Counted per process: it protects the process. */
  readonly address: Rate | undefined;
  /** The calls of an address that need no token, but for health checks: signing in, exchanging keys. */
  readonly withoutToken: Rate | undefined;
  /** The calls of an address whose token is refused. Those with a good token go on. */
  readonly refusedToken: Rate | undefined;
  /** The calls of a back end or a model worker: of a token's subject. */
  readonly service: Rate | undefined;
  /** The calls of one user: of a token that is bound to one. */
  readonly user: Rate | undefined;
  /** What a back end may call altogether in a long time. */
  readonly quota: Rate | undefined;
  /** How many streams a caller may hold open at once. */
  readonly openStreams: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** Far above what a deployment of its own needs, far below what would hurt it. */
export const DEFAULT_CALL_RATES: CallRates = {
  address: { limit: 50_000, windowMs: 10 * SECOND_MS },
  withoutToken: { limit: 120, windowMs: MINUTE_MS },
  refusedToken: { limit: 300, windowMs: MINUTE_MS },
  service: { limit: 50_000, windowMs: 10 * SECOND_MS },
  user: { limit: 600, windowMs: MINUTE_MS },
  quota: undefined,
  openStreams: 50,
};
