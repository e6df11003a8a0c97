// ONNX Runtime's run() blocks its thread, and a step of learning takes long, so it has this one. Sibling imports are
// types only: Node then runs this file as it is, from src as from dist.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { MathReply, MathRequest, MathSetup, MathTask, MathTensor, MathTensors } from "./math-protocol.js";

const { threads } = workerData as MathSetup;
if (parentPort === null) throw new Error("this file runs in a worker thread");
const port = parentPort;

const programs = new Map<number, InferenceSession>();
let loaded = 0;

function toTensor({ data, shape }: MathTensor): Tensor {
  return data instanceof Float32Array ? new Tensor("float32", data, shape) : new Tensor("int64", data, shape);
}

async function run(program: number, feeds: MathTensors): Promise<MathTensors> {
  const session = programs.get(program);
  if (session === undefined) throw new Error("this program is not loaded");
  const inputs = Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toTensor(tensor)]));
  const outputs = await session.run(inputs);
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { data, dims }]) => [
      name,
      { data: data as Float32Array | BigInt64Array, shape: [...dims] },
    ]),
  );
}

type Answer = MathReply extends infer Reply ? (Reply extends MathReply ? Omit<Reply, "id"> : never) : never;

async function answer(task: MathTask): Promise<Answer> {
  if (task.kind === "run") return { kind: "ran", outputs: await run(task.program, task.feeds) };
  if (task.kind === "release") {
    await programs.get(task.program)?.release();
    programs.delete(task.program);
    return { kind: "released" };
  }
  const session = await InferenceSession.create(task.model, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    // Where other work wants the cores too, threads that spin while they wait only take them away.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  programs.set(++loaded, session);
  return { kind: "loaded", program: loaded };
}

port.on("message", ({ id, ...task }: MathRequest) => {
  answer(task as MathTask).then(
    (reply) => port.postMessage({ id, ...reply } as MathReply),
    (error: unknown) => port.postMessage({ id, kind: "failed", message: String(error) } satisfies MathReply),
  );
});
