import { Worker } from "node:worker_threads";
import { InferenceError } from "./inference-error.js";
import type { ThreadMessage, ThreadSetup, Unit } from "./inference-protocol.js";

/** The thread beside this file: `.ts` when running from src, `.js` from dist. */
const threadFile = new URL(`./inference-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** The answer to a unit. */
export type InferenceReply = Exclude<ThreadMessage, { kind: "ready" | "failed" }>;

/** One living inference thread. It answers one unit at a time. */
export interface InferenceWorker {
  /** Rejects with `InferenceError`: `failed` when the unit was refused, `crashed` when the thread died under it. */
  run(unit: Unit): Promise<InferenceReply>;
  /** Ends the thread after the unit under way, if any. */
  end(): Promise<void>;
  /** Resolves when the thread is gone, for whatever reason. */
  readonly gone: Promise<void>;
}

/**
 * Starts a thread and waits until its models are loaded and warm.
 *
 * @throws {InferenceError} `crashed` when it does not get that far.
 */
export async function startInferenceWorker(setup: ThreadSetup): Promise<InferenceWorker> {
  const worker = new Worker(threadFile, { workerData: setup, name: "inference" });
  let waiting: PromiseWithResolvers<InferenceReply> | undefined;
  let cause: unknown;
  const ready = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  worker.on("message", (message: ThreadMessage) => {
    if (message.kind === "ready") return ready.resolve();
    const answered = waiting;
    waiting = undefined;
    if (message.kind === "failed") answered?.reject(new InferenceError("failed", message.message));
    else answered?.resolve(message);
  });
  worker.on("error", (error) => {
    cause = error;
  });
  worker.on("exit", () => {
    const error = new InferenceError("crashed", "the inference thread ended", { cause });
    ready.reject(error);
    waiting?.reject(error);
    gone.resolve();
  });
  await ready.promise;
  return {
    run(unit) {
      waiting = Promise.withResolvers<InferenceReply>();
      worker.postMessage(unit);
      return waiting.promise;
    },
    async end() {
      // A thread stopped in the middle of an ONNX Runtime call takes the whole process down.
      await waiting?.promise.catch(() => undefined);
      await worker.terminate();
    },
    gone: gone.promise,
  };
}
