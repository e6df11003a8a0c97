/** What a {@link ServerClock} is made of. */
export interface ServerClockOptions {
  readonly log: { warn(fields: object, message: string): void };
  /** This machine's clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Clocks that are kept by NTP are closer than this; what seems less may be the way that an answer took. */
const TOLERANCE_MS = 1_000;

/**
 * The server's clock, as far as a worker knows it. Deadlines of tickets are told by it. A worker whose own clock is ahead
 * would take each for passed and answer nothing, without anybody seeing why.
 */
export class ServerClock {
  readonly #options: Required<ServerClockOptions>;
  #behindMs = 0;

  constructor(options: ServerClockOptions) {
    this.#options = { now: Date.now, ...options };
  }

  /** The time now, in milliseconds since the epoch. */
  now(): number {
    return this.#options.now() + this.#behindMs;
  }

  /**
   * The server has told its time.
   *
   * @param serverMs in milliseconds since the epoch
   * @param tookMs how long it took from asking to the answer, in milliseconds
   */
  told(serverMs: number, tookMs: number): void {
    // The answer was given some time between asking and now.
    const found = serverMs + tookMs / 2 - this.#options.now();
    const behindMs = Math.abs(found) <= TOLERANCE_MS + tookMs / 2 ? 0 : found;
    const isNews = Math.abs(behindMs - this.#behindMs) > TOLERANCE_MS + tookMs / 2;
    this.#behindMs = behindMs;
    if (!isNews) return;
    const message =
      behindMs === 0
        ? "this machine's clock agrees with the server's again"
        : "this machine's clock differs from the server's; deadlines are judged by the server's";
    this.#options.log.warn({ behindMs: Math.round(behindMs) }, message);
  }
}
