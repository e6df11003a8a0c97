/** How a {@link LaneLimit} adapts. */
export interface LaneLimitOptions {
  /** How many may wait at most, however fast they are answered. */
  readonly most: number;
  /** How many may wait in any case. */
  readonly least: number;
  /** How many may wait in any case while more are refused than answered; `least` unless told. */
  readonly leastInFlood?: number;
  /** How many may wait as long as nothing is known of how fast they are answered. */
  readonly start: number;
  /** How long a request may wait while others come faster than they are answered. */
  readonly targetMs: number;
  readonly now?: () => number;
}

/**
 * Long enough that callers who come in bursts find the lane idle once in between. Those of a flood never do: it is known
 * sooner.
 */
const WINDOW_MS = { usual: 150, flood: 50 } as const;
const WINDOW_ANSWERS = 8;
const LONGEST_WINDOW_MS = 1_500;
const SHRINK = { least: 0.9, most: 0.1 } as const;
const GROW = 0.05;

/**
 * How many requests of a lane may wait for an answer. While even the luckiest of a while has waited longer than it
 * should, more come than are answered, and a longer queue would only make everybody later: the limit goes down. As soon
 * as one got through without waiting, it goes up again, but not beyond what is answered in that time anyway: room that
 * nobody has needed yet is what the first moment of a flood would fill. While more are refused than answered, not even the
 * usual wait may be too long: a longer queue would answer nobody more. (The controlled delay of network queues, with a
 * limit in place of drops, and Little's law.)
 */
export class LaneLimit {
  readonly #options: Required<LaneLimitOptions>;
  #limit: number;
  #windowSince: number;
  #answers = 0;
  #refusals = 0;
  #leastWait = Number.POSITIVE_INFINITY;
  #allWaits = 0;
  #mostPending = 0;
  /** Answers in a millisecond while more came than could be answered; undefined while all could. */
  #rate: number | undefined;

  constructor(options: LaneLimitOptions) {
    this.#options = { now: Date.now, leastInFlood: options.least, ...options };
    this.#limit = options.start;
    this.#windowSince = this.#options.now();
  }

  /** How many may wait now. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /** How long it takes until what waits is answered, in milliseconds; undefined while there is no reason to wait. */
  expectedMs(pending: number): number | undefined {
    return this.#rate === undefined ? undefined : pending / this.#rate;
  }

  /**
   * Somebody comes after nobody has waited for a while: idle time says nothing of how fast answers come, and whatever was
   * learnt of a queue is over. A moment in which all were answered at once does not end a flood.
   *
   * @param idleMs how long the while was
   */
  wasIdle(idleMs: number): void {
    this.#restart();
    if (idleMs < WINDOW_MS.flood) return;
    this.#limit = Math.max(this.#limit, this.#options.start);
    this.#rate = undefined;
  }

  /** A request found no room. */
  refused(): void {
    this.#refusals++;
  }

  /**
   * A request was answered.
   *
   * @param waitMs how long it has waited, besides being worked on
   * @param pending how many waited with it
   */
  answered(waitMs: number, pending: number): void {
    this.#answers++;
    this.#leastWait = Math.min(this.#leastWait, waitMs);
    this.#allWaits += waitMs;
    this.#mostPending = Math.max(this.#mostPending, pending);
    const lasted = this.#options.now() - this.#windowSince;
    const windowMs = this.#isFlood ? WINDOW_MS.flood : WINDOW_MS.usual;
    if (lasted < windowMs || (this.#answers < WINDOW_ANSWERS && lasted < LONGEST_WINDOW_MS)) return;
    this.#adapt(this.#answers / lasted);
    this.#restart();
  }

  get #isFlood(): boolean {
    return this.#refusals > this.#answers;
  }

  #restart(): void {
    this.#windowSince = this.#options.now();
    this.#answers = 0;
    this.#refusals = 0;
    this.#leastWait = Number.POSITIVE_INFINITY;
    this.#allWaits = 0;
    this.#mostPending = 0;
  }

  #adapt(rate: number): void {
    const { most, start, targetMs } = this.#options;
    const isFlood = this.#isFlood;
    const least = isFlood ? this.#options.leastInFlood : this.#options.least;
    // Of a burst the luckiest tells whether it is over. In a flood nobody is lucky for long.
    const waitMs = isFlood ? this.#allWaits / this.#answers : this.#leastWait;
    // Few who are answered late are no queue: the machine is slow, or has just begun.
    if (waitMs > targetMs && this.#mostPending > least) {
      // By as much as the wait is too long, with some left over.
      const factor = Math.min(Math.max((1.25 * targetMs) / waitMs, SHRINK.most), SHRINK.least);
      this.#limit = Math.max(least, Math.min(this.#limit, this.#mostPending) * factor);
      this.#rate = 0.7 * (this.#rate ?? rate) + 0.3 * rate;
    } else {
      this.#limit = Math.min(most, this.#limit + Math.max(1, this.#limit * GROW), Math.max(start, 2 * rate * targetMs));
      // How many come says nothing of how many could be answered.
      if (this.#limit >= start) this.#rate = undefined;
    }
  }
}
