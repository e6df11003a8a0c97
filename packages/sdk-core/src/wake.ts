/** A timer that goes off at the earliest time asked for, but never before one set with {@link notBefore}. */
export class Wake {
  readonly #run: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueAt = 0;
  #notBefore = 0;

  constructor(run: () => void) {
    this.#run = run;
  }

  /** Goes off in so many milliseconds, unless it does sooner. */
  within(ms: number): void {
    const now = performance.now();
    const dueAt = Math.max(now + ms, this.#notBefore);
    if (this.#timer !== undefined && this.#dueAt <= dueAt) return;
    this.stop();
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#run();
    }, dueAt - now);
    // In Node, a process waits a moment for its events to be sent, but not for a server to come back.
    const timer: { unref?: () => void } = Object(this.#timer);
    if (dueAt === this.#notBefore) timer.unref?.();
  }

  /** Goes off in so many milliseconds and not before. */
  notBefore(ms: number): void {
    this.#notBefore = performance.now() + ms;
    this.stop();
    this.within(0);
  }

  /** Goes off now. */
  now(): void {
    this.reset();
    this.within(0);
  }

  /** As it was at first. */
  reset(): void {
    this.#notBefore = 0;
    this.stop();
  }

  /** Does not go off any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
