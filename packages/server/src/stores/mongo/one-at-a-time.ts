/** Runs work one after another, apart for each name. */
export class OneAtATime {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs some work once all that was given before under the same name has ended. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#last.get(name) ?? Promise.resolve()).then(work);
    const settled = mine.catch(() => {});
    this.#last.set(name, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
