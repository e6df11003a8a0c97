import { randomUUID } from "node:crypto";
import type { Leases } from "./leases.js";

/** What a {@link Leadership} is made of. */
export interface LeadershipOptions {
  readonly leases: Leases;
  /** What is led. */
  readonly name: string;
  readonly log: { warn(fields: object, message: string): void };
}

/** How soon another takes over from a leader that died, together with the time between two looks. */
const LEASE_MS = 6_000;
const EVERY_MS = 2_000;

/** Holds a lease for as long as this process lives, or waits to get it. Whoever cannot tell is no leader. */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #holder = randomUUID();
  readonly #timer: NodeJS.Timeout;
  #until = 0;
  #round: Promise<void>;

  /** Asks for the lease at once. */
  constructor(options: LeadershipOptions) {
    this.#options = options;
    this.#round = this.#renew();
    this.#timer = setInterval(() => {
      this.#round = this.#round.then(() => this.#renew());
    }, EVERY_MS);
    this.#timer.unref();
  }

  /** Whether this process leads now. */
  get isLeader(): boolean {
    return performance.now() < this.#until;
  }

  /** Resolves when the answer to the first question is there. */
  async asked(): Promise<void> {
    await this.#round;
  }

  /** Leaves the lead to another. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
    this.#until = 0;
    // It ends by itself otherwise.
    await this.#options.leases.giveBack(this.#options.name, this.#holder).catch(() => {});
  }

  async #renew(): Promise<void> {
    const { leases, name, log } = this.#options;
    const asked = performance.now();
    try {
      this.#until = (await leases.take(name, this.#holder, LEASE_MS)) ? asked + LEASE_MS : 0;
    } catch (err) {
      log.warn({ err, lease: name }, "a lease cannot be renewed");
    }
  }
}
