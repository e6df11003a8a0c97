import { RecentMap } from "./recent-map.js";

/** When failures lead to waiting, and for how long. */
export interface BackOffRule {
  /** How many failures in a row have no consequence. */
  readonly free: number;
  /** The wait after the last of these; it doubles with each further failure. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** Failures are forgotten when none was added for this long. */
  readonly forgetMs: number;
}

interface Entry {
  failures: number;
  waitUntil: number;
  lastAt: number;
}

/** Enough for an attack from many places; some 15 MB when full. */
const MOST_KEYS = 100_000;

/** Counts failures by key and says how long each key has to wait. */
export class BackOff {
  readonly #rule: BackOffRule;
  readonly #now: () => number;
  readonly #entries = new RecentMap<Entry>(MOST_KEYS);

  constructor(rule: BackOffRule, now: () => number) {
    this.#rule = rule;
    this.#now = now;
  }

  /** How long a key has to wait, in milliseconds; 0 when it need not. */
  waitMs(key: string): number {
    const entry = this.#entry(key);
    return entry === undefined ? 0 : Math.max(0, entry.waitUntil - this.#now());
  }

  /** One more failure. */
  add(key: string): void {
    const { free, firstMs, longestMs } = this.#rule;
    const now = this.#now();
    const failures = (this.#entry(key)?.failures ?? 0) + 1;
    const wait = failures < free ? 0 : Math.min(longestMs, firstMs * 2 ** (failures - free));
    this.#entries.set(key, { failures, waitUntil: now + wait, lastAt: now });
  }

  /** Takes one failure back, with the wait that came of it. */
  takeBack(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.failures--;
    entry.waitUntil = 0;
    if (entry.failures <= 0) this.#entries.delete(key);
  }

  /** Forgets all failures of a key. */
  forget(key: string): void {
    this.#entries.delete(key);
  }

  #entry(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#now() - entry.lastAt <= this.#rule.forgetMs) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
