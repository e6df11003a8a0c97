/** How a {@link PlacesLimit} adapts. */
export interface PlacesLimitOptions {
  readonly least: number;
  readonly start: number;
  readonly most: number;
  readonly now?: () => number;
}

/** What was answered in a while. */
interface Answers {
  count: number;
  tookMs: number;
}

const WINDOW_MS = 150;
const WINDOW_ANSWERS = 8;
const LONGEST_WINDOW_MS = 1_500;
/** How many times as long as one alone those may take that are worked on together: somebody who waits, and others. */
const SLOWDOWN = { urgent: 3, others: 5 } as const;
const SHRINK = { least: 0.9, most: 0.5 } as const;
/** What one alone takes is as long as it took at its best, slowly forgotten: chance makes it longer and never shorter. */
const LEARN = { shorter: 0.3, longer: 0.03 } as const;

/**
 * How many requests are worked on at once. More of them are answered in the same time as long as there are cores for
 * them; after that each only takes longer. So what they take together is held against what one takes alone, and the limit
 * goes up until that is a few times as long: on two cores with four, on sixteen with many.
 */
export class PlacesLimit {
  readonly #options: Required<PlacesLimitOptions>;
  #limit: number;
  #aloneMs: number | undefined;
  #windowSince: number;
  #mostRunning = 0;
  #urgent: Answers = { count: 0, tookMs: 0 };
  #others: Answers = { count: 0, tookMs: 0 };

  constructor(options: PlacesLimitOptions) {
    this.#options = { now: Date.now, ...options };
    this.#limit = options.start;
    this.#windowSince = this.#options.now();
  }

  /** How many may be worked on at once now. */
  get value(): number {
    return Math.floor(this.#limit);
  }

  /**
   * A request was answered.
   *
   * @param tookMs since its work began
   * @param running how many are worked on, with it
   * @param isUrgent whether somebody waits for it
   */
  answered(tookMs: number, running: number, isUrgent: boolean): void {
    if (running === 1) this.#learn(tookMs);
    const answers = isUrgent ? this.#urgent : this.#others;
    answers.count++;
    answers.tookMs += tookMs;
    this.#mostRunning = Math.max(this.#mostRunning, running);
    const lasted = this.#options.now() - this.#windowSince;
    const count = this.#urgent.count + this.#others.count;
    if (lasted < WINDOW_MS || (count < WINDOW_ANSWERS && lasted < LONGEST_WINDOW_MS)) return;
    this.#adapt();
    this.#windowSince = this.#options.now();
    this.#mostRunning = 0;
    this.#urgent = { count: 0, tookMs: 0 };
    this.#others = { count: 0, tookMs: 0 };
  }

  #learn(tookMs: number): void {
    const known = this.#aloneMs ?? tookMs;
    this.#aloneMs = known + (tookMs < known ? LEARN.shorter : LEARN.longer) * (tookMs - known);
  }

  #adapt(): void {
    const { least, most } = this.#options;
    // Places that were not taken say nothing of how many there should be.
    if (this.#aloneMs === undefined || this.#mostRunning < this.value) return;
    const isUrgent = this.#urgent.count > 0;
    const { tookMs, count } = isUrgent ? this.#urgent : this.#others;
    const allowed = isUrgent ? SLOWDOWN.urgent : SLOWDOWN.others;
    const slowdown = tookMs / count / this.#aloneMs;
    if (slowdown > allowed) {
      const factor = Math.min(Math.max(allowed / slowdown, SHRINK.most), SHRINK.least);
      this.#limit = Math.max(least, this.#limit * factor);
    } else if (slowdown < allowed * SHRINK.least) {
      this.#limit = Math.min(most, this.#limit + 1);
    }
  }
}
