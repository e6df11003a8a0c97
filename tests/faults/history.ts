import { createWriteStream, type WriteStream } from "node:fs";

/** What the clients of a fault run do. */
export type Operation = "event" | "movie" | "match";

/** How an attempt ended: for certain well, for certain not, or nobody knows. */
export type Outcome = "ok" | "fail" | "unknown";

/** One attempt of a client, from its invocation to its end. */
export interface Attempt {
  readonly operation: Operation;
  /** Who made it. */
  readonly client: string;
  /** The event's id, the movie's id, or the match's number. */
  readonly key: string;
  /** A movie's version; the movie that a match has to find first. */
  readonly value: string;
  readonly invokedAt: number;
  endedAt?: number;
  outcome?: Outcome;
  /** What was answered: how many events were recorded, the first movie of a match, or the error. */
  answer?: string;
}

/** Everything that the clients did, in memory for the check and in a file, a line for each invocation and each end. */
export class History {
  readonly attempts: Attempt[] = [];
  readonly #file: WriteStream | undefined;

  /** @param path where to log to; nowhere unless given */
  constructor(path?: string) {
    this.#file = path === undefined ? undefined : createWriteStream(path);
  }

  invoke(attempt: Omit<Attempt, "invokedAt">): Attempt {
    const invoked: Attempt = { ...attempt, invokedAt: Date.now() };
    this.attempts.push(invoked);
    this.#log({ type: "invoke", ...invoked });
    return invoked;
  }

  end(attempt: Attempt, outcome: Outcome, answer: string): void {
    Object.assign(attempt, { endedAt: Date.now(), outcome, answer });
    const { operation, client, key } = attempt;
    this.#log({ type: outcome, operation, client, key, answer, at: attempt.endedAt });
  }

  /** Notes a fault between the attempts. */
  note(fact: object): void {
    this.#log({ type: "fault", at: Date.now(), ...fact });
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => (this.#file ? this.#file.end(resolve) : resolve()));
  }

  #log(line: object): void {
    this.#file?.write(`${JSON.stringify(line)}\n`);
  }
}
