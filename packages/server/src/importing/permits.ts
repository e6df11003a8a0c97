/** Lets a producer go on only as fast as its consumer allows. */
export class Permits {
  #free = 0;
  #waiting: PromiseWithResolvers<void> | undefined;
  #closed = false;

  /** Allows this many more. */
  add(count: number): void {
    this.#free += count;
    if (this.#waiting === undefined || this.#free === 0) return;
    this.#free--;
    this.#waiting.resolve();
    this.#waiting = undefined;
  }

  /** Waits for a permit; false when there will be none any more. For one producer. */
  async take(): Promise<boolean> {
    if (this.#closed) return false;
    if (this.#free > 0) {
      this.#free--;
      return true;
    }
    this.#waiting = Promise.withResolvers<void>();
    await this.#waiting.promise;
    return !this.#closed;
  }

  /** Lets whoever waits go. */
  close(): void {
    this.#closed = true;
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
