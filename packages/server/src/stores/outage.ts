import type { ServiceError } from "../matching/service-error.js";

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/**
 * Remembers that a server is away, so that callers hear it at once instead of each waiting for a connection of their
 * own, and so that the server is tried again less and less often.
 */
export class Outage {
  #delayMs = 0;
  #until = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #error: ServiceError | undefined;

  /** Whether the last that was tried failed. */
  get isOn(): boolean {
    return this.#error !== undefined;
  }

  /** Throws the last failure while it is too early to try again. */
  check(): void {
    if (this.#error !== undefined && performance.now() < this.#until) throw this.#error;
  }

  /**
   * The server could not be reached.
   *
   * @param since when the call began, on the clock of `performance`; a server that has answered another call since then
   *   is busy, not away
   */
  begin(error: ServiceError, since: number): void {
    if (this.#answeredAt > since) return;
    // Several calls that fail together are one failure.
    if (performance.now() < this.#until) return;
    this.#delayMs = Math.min(Math.max(this.#delayMs * 2, FIRST_MS), LONGEST_MS);
    this.#until = performance.now() + this.#delayMs;
    this.#error = error;
  }

  /** The server answered. */
  end(): void {
    this.#answeredAt = performance.now();
    this.#delayMs = 0;
    this.#until = 0;
    this.#error = undefined;
  }
}
