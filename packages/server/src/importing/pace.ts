const WINDOW_MS = 15_000;

/** How fast something goes, judged by the last 15 seconds, so that a resumed import's head start does not count. */
export class Pace {
  readonly #now: () => number;
  #samples: { at: number; position: number; count: number }[] = [];

  /** @param now the time in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds where it is: a position on the way to the total, and how many items that is. */
  add(position: number, count: number): void {
    const at = this.#now();
    this.#samples.push({ at, position, count });
    while ((this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
  }

  /** Items a second; undefined as long as nothing can be said. */
  rate(): number | undefined {
    const span = this.#span();
    return span === undefined ? undefined : (span.count / span.ms) * 1000;
  }

  /** Seconds until the position is the total; undefined as long as nothing can be said. */
  secondsLeft(total: number): number | undefined {
    const span = this.#span();
    const last = this.#samples.at(-1);
    if (span === undefined || last === undefined || span.position <= 0) return undefined;
    return (Math.max(0, total - last.position) / span.position) * (span.ms / 1000);
  }

  #span(): { ms: number; position: number; count: number } | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    if (first === undefined || last === undefined || last.at <= first.at) return undefined;
    return { ms: last.at - first.at, position: last.position - first.position, count: last.count - first.count };
  }
}
