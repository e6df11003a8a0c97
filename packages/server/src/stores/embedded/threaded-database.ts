import { once } from "node:events";
import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import type { FromDatabase, Question, Reading, StatementResult, ToDatabase } from "./database-messages.js";
import { errorOf, ofItsOwn, withBuffers } from "./thread-values.js";

/** Nearly all that a statement makes is gone with it; with the usual limit an import leaves 70 MB more of it behind. */
const LIMITS = { maxYoungGenerationSizeMb: 8 };

/** Runs statements. */
export interface Statements {
  /**
   * Runs one statement.
   *
   * @throws Error with the SQLSTATE as `code` where PostgreSQL refuses it
   */
  query(text: string, parameters?: readonly unknown[], reading?: Reading): Promise<StatementResult>;
}

/** A transaction that is open. */
export interface DatabaseTransaction extends Statements {
  /** Undoes what it did, which ends it. */
  rollback(): Promise<void>;
}

/**
 * PGlite in a thread of its own. A statement takes milliseconds, and maintenance more, which on the thread that answers
 * calls would hold up all of them. Statements run in the order in which they come, one at a time.
 */
export class ThreadedDatabase implements Statements {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, PromiseWithResolvers<StatementResult | undefined>>();
  readonly #listeners = new Set<(channel: string, payload: string) => void>();
  #lastId = 0;
  #closing: Promise<void> | undefined;

  private constructor(thread: Worker) {
    this.#thread = thread;
    thread.on("message", (message: FromDatabase) => this.#take(message));
    // Without its database the process is of no use. Errors of the thread itself are uncaught errors here anyway.
    thread.once("exit", () => {
      if (!this.closed) throw new Error("The embedded database ended.");
    });
  }

  /**
   * Opens the database of a folder, or makes one.
   *
   * @param settings PostgreSQL's, as `name=value`
   */
  static async open(path: string, settings: readonly string[]): Promise<ThreadedDatabase> {
    // Beside the sources there is the source of the thread, beside what was built of them what was built.
    const file = new URL(`./database-thread${extname(import.meta.url)}`, import.meta.url);
    const thread = new Worker(file, { name: "database", workerData: { path, settings }, resourceLimits: LIMITS });
    await once(thread, "message");
    return new ThreadedDatabase(thread);
  }

  get closed(): boolean {
    return this.#closing !== undefined;
  }

  async query(text: string, parameters: readonly unknown[] = [], reading: Reading = "loose"): Promise<StatementResult> {
    return this.#run(text, parameters, reading, undefined);
  }

  /** Runs several statements, and returns the result of the last. */
  async script(text: string): Promise<StatementResult> {
    return orNothing(await this.#ask({ kind: "script", text }));
  }

  /** Runs what the callback runs as one, or nothing of it when the callback rejects. */
  async transaction<T>(callback: (transaction: DatabaseTransaction) => Promise<T>): Promise<T> {
    const { id, answer } = this.#send({ kind: "begin" });
    await answer;
    let ended: Promise<unknown> | undefined;
    const end = (isCommit: boolean) => {
      ended ??= this.#ask({ kind: "end", transaction: id, isCommit });
      return ended;
    };
    try {
      const result = await callback({
        query: (text, parameters = [], reading = "loose") => this.#run(text, parameters, reading, id),
        rollback: async () => void (await end(false)),
      });
      await end(true);
      return result;
    } catch (error) {
      await end(false);
      throw error;
    }
  }

  /** @returns what ends it */
  onNotification(listener: (channel: string, payload: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes the database after what was asked of it before. */
  close(): Promise<void> {
    this.#closing ??= this.#close(this.#ask({ kind: "close" }));
    return this.#closing;
  }

  async #close(closed: Promise<unknown>): Promise<void> {
    try {
      await closed;
    } finally {
      await this.#thread.terminate();
    }
  }

  async #run(text: string, parameters: readonly unknown[], reading: Reading, transaction: number | undefined) {
    const statement = { kind: "statement", text, parameters: parameters.map(ofItsOwn), reading, transaction } as const;
    return orNothing(await this.#ask(statement));
  }

  async #ask(question: Question): Promise<StatementResult | undefined> {
    return this.#send(question).answer;
  }

  #send(question: Question) {
    if (this.closed) throw new Error("The database is closed.");
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<StatementResult | undefined>();
    this.#thread.postMessage({ ...question, id } satisfies ToDatabase);
    this.#waiting.set(id, waiting);
    return { id, answer: waiting.promise };
  }

  #take(message: FromDatabase): void {
    if (message.kind === "notification") {
      for (const listener of this.#listeners) listener(message.channel, message.payload);
    } else if (message.kind !== "ready") {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.kind === "done") waiting?.resolve(withBuffers(message.result));
      else waiting?.reject(errorOf(message.failure));
    }
  }
}

function orNothing(result: StatementResult | undefined): StatementResult {
  return result ?? { rows: [], affectedRows: undefined, byteColumns: [] };
}
