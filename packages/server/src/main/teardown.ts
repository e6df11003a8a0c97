/** Something to close. */
export interface Closable {
  close(): Promise<void>;
}

/** Closes what was opened, last first. */
export class Teardown {
  readonly #opened: Closable[] = [];

  /** Remembers something that has just been opened. */
  add<T extends Closable>(opened: T): T {
    this.#opened.push(opened);
    return opened;
  }

  /** Closes everything once; one failure does not keep the rest open. The first failure is thrown at the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let next = this.#opened.pop(); next !== undefined; next = this.#opened.pop()) {
      await next.close().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }
}
