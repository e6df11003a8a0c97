/** What a {@link Permit} is made of. */
export interface PermitOptions {
  /** What takes work, and can stop doing so. */
  readonly consumer: { pause(): Promise<void>; resume(): Promise<void> };
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
}

/**
 * Whether this worker may take work. The queue does not ask for a token, so a worker asks for itself: while the server
 * refuses its token it takes none. That is a promise of this program, not of the queue; against a worker that does not
 * keep it there are new keys: see docs/security.md.
 */
export class Permit {
  readonly #options: PermitOptions;
  #granted = true;

  constructor(options: PermitOptions) {
    this.#options = options;
  }

  get granted(): boolean {
    return this.#granted;
  }

  /** The server has accepted the token. */
  grant(): void {
    if (this.#granted) return;
    this.#granted = true;
    this.#options.log.warn({}, "the server accepts this worker's token again");
    this.#options.consumer.resume().catch((err: unknown) => this.#options.log.error({ err }, "work was not taken up"));
  }

  /** The server has refused the token. */
  withdraw(): void {
    if (!this.#granted) return;
    this.#granted = false;
    this.#options.log.error({}, "the server refuses this worker's token; it takes no more work until that has changed");
    this.#options.consumer.pause().catch((err: unknown) => this.#options.log.error({ err }, "work was not stopped"));
  }
}
