import { Worker } from "node:worker_threads";
import { factsLength } from "@cinedeepmatch/models";
import { InferenceError } from "./inference-error.js";
import type {
  HistoryBatch,
  MovieBatch,
  TasteMessage,
  TasteQueries,
  TasteSetup,
  TasteSizes,
  TasteUnit,
} from "./taste-protocol.js";

export type { HistoryBatch, MovieBatch, TasteQueries, TasteSetup, TasteSizes } from "./taste-protocol.js";

/** A loaded taste model, on a thread of its own. */
export interface TasteSession {
  readonly sizes: TasteSizes;
  /** Rejects with `InferenceError`, also when the model takes longer than it may. */
  rank(histories: HistoryBatch): Promise<TasteQueries>;
  /** The behavioural vectors of movies: movies × dimension. */
  project(movies: MovieBatch): Promise<Float32Array>;
  /** Finishes what has begun and ends the thread. */
  close(): Promise<void>;
}

/** The thread beside this file: `.ts` when running from src, `.js` from dist. */
const threadFile = new URL(`./taste-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** A model that takes longer for one history is of no use to anybody who waits. */
const RANK_MS = 5_000;
const PROJECT_MS = 60_000;
const START_MS = 60_000;

type Answer = Exclude<TasteMessage, { kind: "ready" | "failed" }>;

/**
 * Starts a taste model and tries it out.
 *
 * @throws {InferenceError} when it does not load, or does not answer as it must.
 */
export async function startTasteSession(setup: TasteSetup): Promise<TasteSession> {
  const thread = new TasteThread(setup);
  try {
    await inTime(thread.ready, START_MS, "did not load in time");
    const session: TasteSession = {
      sizes: setup.sizes,
      async rank({ batch, ...histories }) {
        const answer = await inTime(thread.run({ kind: "rank", batch, ...histories }), RANK_MS, "took too long");
        return answer as Answer & { kind: "ranked" };
      },
      async project(movies) {
        const answer = await inTime(thread.run({ kind: "project", ...movies }), PROJECT_MS, "took too long");
        return (answer as Answer & { kind: "projected" }).rows;
      },
      close: () => thread.end(),
    };
    await tryOut(session);
    return session;
  } catch (error) {
    await thread.end();
    throw error;
  }
}

/** The first run of a session allocates, and a model that cannot answer should say so before anybody asks. */
async function tryOut({ sizes, rank, project }: TasteSession): Promise<void> {
  const { events, content } = sizes;
  for (const batch of [1, 3]) {
    const vectors = Float32Array.from(
      { length: batch * events * content },
      (_, at) => Math.sin(at) / Math.sqrt(content),
    );
    const items = new Int32Array(batch * events);
    const weights = new Float32Array(batch * events).fill(0.5);
    const ages = Float32Array.from({ length: batch * events }, (_, at) => (events - (at % events)) * 3_600);
    await rank({ batch, vectors, items, weights, ages });
    // A history of one event: all others are padding.
    for (const array of [vectors, weights, ages]) array.fill(0, 0, array.length - array.length / (batch * events));
    await rank({ batch, vectors, items, weights, ages });
    const facts = new Float32Array(batch * factsLength);
    await project({ vectors: vectors.slice(-batch * content), facts, items: new Int32Array(batch) });
  }
}

/** A thread that answers in the order in which it is asked. */
class TasteThread {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];
  #gone = false;
  #idle: (() => void) | undefined;

  constructor(setup: TasteSetup) {
    this.#worker = new Worker(threadFile, { workerData: setup, name: "taste" });
    const ready = Promise.withResolvers<void>();
    let cause: unknown;
    this.ready = ready.promise;
    this.#worker.on("message", (message: TasteMessage) => {
      if (message.kind === "ready") return ready.resolve();
      const asked = this.#waiting.shift();
      if (message.kind === "failed") asked?.reject(new InferenceError("failed", message.message));
      else asked?.resolve(message);
      if (this.#waiting.length === 0) this.#idle?.();
    });
    this.#worker.on("error", (error) => {
      cause = error;
    });
    this.#worker.on("exit", () => {
      this.#gone = true;
      const error = new InferenceError("crashed", `the model's thread ended${cause ? `: ${String(cause)}` : ""}`, {
        cause,
      });
      ready.reject(error);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      this.#idle?.();
    });
  }

  run(unit: TasteUnit): Promise<Answer> {
    if (this.#gone) return Promise.reject(new InferenceError("crashed", "the model's thread has ended"));
    const asked = Promise.withResolvers<Answer>();
    this.#waiting.push(asked);
    this.#worker.postMessage(unit);
    return asked.promise;
  }

  /** A thread stopped in the middle of an ONNX Runtime call takes the whole process down. */
  async end(): Promise<void> {
    if (this.#waiting.length > 0 && !this.#gone) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.#worker.terminate();
  }
}

async function inTime<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new InferenceError("failed", `the model ${what}`)), ms);
  promise.catch(() => {});
  return Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}
