import { CineDeepMatchError } from "./error.js";

// The longest that setTimeout waits: anything above fires at once.
const MAX_TIMER_MS = 2_147_483_647;

/** When a call must be over: the caller's signal and the deadline, whichever comes first, over all its attempts. */
export class CallClock {
  readonly #signal: AbortSignal | undefined;
  readonly #endsAt: number | undefined;

  /**
   * @param signal - the caller's
   * @param timeoutMs - for the whole call in milliseconds; without a deadline when undefined or not positive
   */
  constructor(signal: AbortSignal | undefined, timeoutMs: number | undefined) {
    this.#signal = signal;
    if (timeoutMs !== undefined && timeoutMs > 0) {
      this.#endsAt = performance.now() + Math.min(timeoutMs, MAX_TIMER_MS);
    }
  }

  /** Milliseconds until the deadline, not positive once it has passed; undefined where there is none. */
  remainingMs(): number | undefined {
    return this.#endsAt === undefined ? undefined : Math.ceil(this.#endsAt - performance.now());
  }

  /** Throws when the call is over. Returns {@link remainingMs} otherwise. */
  check(): number | undefined {
    if (this.#signal?.aborted) throw this.#canceled();
    const remainingMs = this.remainingMs();
    if (remainingMs !== undefined && remainingMs <= 0) throw deadlineExceeded();
    return remainingMs;
  }

  /** Awaits something that knows of neither signal nor deadline. */
  async within<T>(work: Promise<T>): Promise<T> {
    const remainingMs = this.check();
    let release = () => {};
    const over = new Promise<never>((_, reject) => {
      const onAbort = () => reject(this.#canceled());
      const onDeadline = () => reject(deadlineExceeded());
      const timer = remainingMs === undefined ? undefined : setTimeout(onDeadline, remainingMs);
      this.#signal?.addEventListener("abort", onAbort, { once: true });
      release = () => {
        clearTimeout(timer);
        this.#signal?.removeEventListener("abort", onAbort);
      };
    });
    return Promise.race([work, over]).finally(release);
  }

  /** Waits, unless the call is over sooner. */
  async pause(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const rest = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await this.within(rest).finally(() => clearTimeout(timer));
  }

  /** What to tell the caller. Transports report an abort in many ways, so the signal is asked rather than the error. */
  explain(failure: unknown): CineDeepMatchError {
    const error = CineDeepMatchError.from(failure);
    return this.#signal?.aborted && error.code !== "canceled" ? this.#canceled() : error;
  }

  #canceled(): CineDeepMatchError {
    return new CineDeepMatchError({
      code: "canceled",
      message: "The call was aborted",
      cause: this.#signal?.reason,
    });
  }
}

function deadlineExceeded(): CineDeepMatchError {
  return new CineDeepMatchError({ code: "deadline_exceeded", message: "The call took longer than its timeout" });
}
