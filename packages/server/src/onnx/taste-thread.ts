// One thread for each taste model: ONNX Runtime keeps the memory of a session that is released, and gives it back with
// the thread. Sibling imports are types only: Node then runs this file as it is, from src as from dist.
import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { MovieBatch, TasteMessage, TasteQueries, TasteSetup, TasteUnit } from "./taste-protocol.js";

const { taste, item, sizes } = workerData as TasteSetup;
if (parentPort === null) throw new Error("this file runs in a worker thread");
const port = parentPort;

const options: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  graphOptimizationLevel: "all",
};
const tasteSession = await InferenceSession.create(taste, options);
const itemSession = await InferenceSession.create(item, options);

const int64 = (values: Int32Array, shape: readonly number[]) =>
  new Tensor("int64", BigInt64Array.from(values, BigInt), [...shape]);

async function rank({ batch, vectors, items, weights, ages }: TasteUnit & { kind: "rank" }): Promise<TasteQueries> {
  const { events, content } = sizes;
  const shape = [batch, events];
  const output = await tasteSession.run({
    vectors: new Tensor("float32", vectors, [...shape, content]),
    items: int64(items, shape),
    weights: new Tensor("float32", weights, shape),
    ages: new Tensor("float32", ages, shape),
  });
  const query = floats(output.query, [batch, sizes.dimension], "query");
  const neighbours = output.neighbours?.data;
  if (!(neighbours instanceof BigInt64Array)) throw new Error("neighbours: is not int64");
  const k = neighbours.length / batch;
  const scores = floats(output.neighbour_scores, [batch, k], "neighbour_scores");
  return { query, neighbours: Int32Array.from(neighbours, Number), scores };
}

async function project({ vectors, facts, items }: MovieBatch): Promise<Float32Array> {
  const count = items.length;
  const asksForFacts = itemSession.inputNames.includes("facts");
  const output = await itemSession.run({
    vectors: new Tensor("float32", vectors, [count, sizes.content]),
    items: int64(items, [count]),
    ...(asksForFacts && { facts: new Tensor("float32", facts, [count, facts.length / count]) }),
  });
  return floats(output.behavioural, [count, sizes.dimension], "behavioural");
}

/** A model is somebody's own: what it answers is looked at. */
function floats(tensor: Tensor | undefined, shape: readonly number[], name: string): Float32Array {
  const data = tensor?.data;
  if (!(data instanceof Float32Array)) throw new Error(`${name}: is not float32`);
  if (tensor?.dims.join() !== shape.join()) throw new Error(`${name}: has the shape [${tensor?.dims}], not [${shape}]`);
  for (const value of data) if (!Number.isFinite(value)) throw new Error(`${name}: is not finite`);
  return data;
}

async function answer(unit: TasteUnit): Promise<TasteMessage> {
  try {
    if (unit.kind === "rank") return { kind: "ranked", ...(await rank(unit)) };
    return { kind: "projected", rows: await project(unit) };
  } catch (error) {
    return { kind: "failed", message: String(error) };
  }
}

port.on("message", (unit: TasteUnit) => void answer(unit).then((message) => port.postMessage(message)));
port.postMessage({ kind: "ready" } satisfies TasteMessage);
