import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";

/** How much password hashing goes on at once. */
export interface HashLineOptions {
  /** Each hash takes a thread and 19 MiB. Two by default. */
  readonly running?: number;
  /** How many may wait. 64 by default: two thirds of a second. */
  readonly waiting?: number;
}

/** Lets few passwords be hashed at once and few wait, so that sign-ins cannot take the server's threads and memory. */
export class HashLine {
  readonly #mostRunning: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor({ running = 2, waiting = 64 }: HashLineOptions = {}) {
    this.#mostRunning = running;
    this.#mostWaiting = waiting;
  }

  /** TOO_MANY_ATTEMPTS when nobody else may wait. Whoever goes on to `run` in the same turn has a place. */
  refuseIfFull(): void {
    if (this.#running < this.#mostRunning || this.#waiting.length < this.#mostWaiting) return;
    const message = "Too many passwords are being checked. Try again in a moment.";
    throw new ServiceError(ErrorReason.TOO_MANY_ATTEMPTS, message, { retryAfterMs: 1_000 + Math.random() * 1_000 });
  }

  /** Does `work` in its turn. TOO_MANY_ATTEMPTS when the line is full. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.refuseIfFull();
    if (this.#running < this.#mostRunning) this.#running++;
    // Whoever leaves hands its place on.
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
