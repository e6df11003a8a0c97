/** Who wants to hear of writes. */
export class WriteListeners {
  readonly #listeners = new Set<() => void>();

  /** Adds a listener and returns what removes it again. */
  add(listener: () => void): () => void {
    // Each its own object, so that one function added twice is called twice and removed one at a time.
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Calls the listeners soon, after the caller has gone on. */
  notify(): void {
    setImmediate(() => {
      for (const listener of this.#listeners) listener();
    });
  }
}
