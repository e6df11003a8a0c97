import { Worker } from "node:worker_threads";
import { InferenceError } from "./inference-error.js";
import type { MathReply, MathRequest, MathSetup, MathTask, MathTensors } from "./math-protocol.js";

export type { MathTensor, MathTensors } from "./math-protocol.js";

/** The thread beside this file: `.ts` when running from src, `.js` from dist. */
const threadFile = new URL(`./math-thread${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** A graph that is loaded and may run any number of times. */
export interface MathProgram {
  /** Rejects with `InferenceError`. */
  run(feeds: MathTensors): Promise<MathTensors>;
  /** Frees what it holds. */
  release(): Promise<void>;
}

/** ONNX Runtime as a machine for graphs that are made at run time, on a thread of its own; learning computes with it. */
export interface MathEngine extends AsyncDisposable {
  /** Rejects with `InferenceError` where ONNX Runtime refuses the graph. */
  load(model: Uint8Array): Promise<MathProgram>;
}

interface Waiting {
  readonly resolve: (reply: MathReply) => void;
  readonly reject: (error: unknown) => void;
  readonly settled: Promise<MathReply>;
}

/** Starts the thread. Close the engine before the process exits. */
export function startMathEngine({ threads }: MathSetup): MathEngine {
  const worker = new Worker(threadFile, { workerData: { threads } satisfies MathSetup });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let gone: InferenceError | undefined;
  const end = (error: InferenceError) => {
    gone ??= error;
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
  };
  worker.on("message", (reply: MathReply) => {
    const entry = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.kind === "failed") entry?.reject(new InferenceError("failed", reply.message));
    else entry?.resolve(reply);
  });
  worker.on("error", (cause) => end(new InferenceError("crashed", "the math thread died", { cause })));
  worker.on("exit", () => end(new InferenceError("closed", "the math thread has ended")));
  const ask = (task: MathTask): Promise<MathReply> => {
    if (gone !== undefined) return Promise.reject(gone);
    const { promise, resolve, reject } = Promise.withResolvers<MathReply>();
    waiting.set(++asked, { resolve, reject, settled: promise });
    worker.postMessage({ id: asked, ...task } satisfies MathRequest);
    return promise;
  };
  return {
    async load(model) {
      const reply = await ask({ kind: "load", model });
      return programOf(reply.kind === "loaded" ? reply.program : 0, ask);
    },
    async [Symbol.asyncDispose]() {
      // A thread stopped in the middle of an ONNX Runtime call takes the whole process down.
      while (waiting.size > 0) await Promise.allSettled([...waiting.values()].map(({ settled }) => settled));
      await worker.terminate();
    },
  };
}

function programOf(program: number, ask: (task: MathTask) => Promise<MathReply>): MathProgram {
  return {
    async run(feeds) {
      const reply = await ask({ kind: "run", program, feeds });
      return reply.kind === "ran" ? reply.outputs : {};
    },
    async release() {
      await ask({ kind: "release", program });
    },
  };
}
