// ONNX Runtime's run() blocks its thread, so it gets this one. Sibling imports are types only: Node then runs this file
// as it is, from src as from dist.
import { parentPort, workerData } from "node:worker_threads";
import { Tokenizer } from "@huggingface/tokenizers";
import { InferenceSession, Tensor } from "onnxruntime-node";
import type { EncodeUnit, ScanHits, ScanUnit, ThreadMessage, ThreadSetup, Unit } from "./inference-protocol.js";

/** No word piece of real text is longer on average; the cut keeps a huge text from holding the tokenizer up. */
const charactersPerToken = 16;

const setup = workerData as ThreadSetup;
if (parentPort === null) throw new Error("this file runs in a worker thread");
const port = parentPort;

const options: InferenceSession.SessionOptions = {
  executionProviders: ["cpu"],
  intraOpNumThreads: setup.encoderThreads,
  interOpNumThreads: 1,
  // Threads that wait for the next piece of work by burning a core take it from the rest of the server, and from others.
  extra: { session: { intra_op: { allow_spinning: "0" } } },
  graphOptimizationLevel: "all",
  // Every batch has another shape: remembered plans would only pile up.
  enableMemPattern: false,
};
const tokenizer = new Tokenizer(JSON.parse(setup.tokenizer), JSON.parse(setup.tokenizerConfig));
const encoder = await InferenceSession.create(setup.encoder, options);
const quickEncoder = await InferenceSession.create(setup.quickEncoder, { ...options, intraOpNumThreads: 1 });
const scanner = await InferenceSession.create(setup.scan, options);

function tokenise(text: string): number[] {
  const { ids } = tokenizer.encode(text.slice(0, setup.maxTokens * charactersPerToken));
  const end = ids.at(-1);
  if (ids.length <= setup.maxTokens || end === undefined) return ids;
  return [...ids.slice(0, setup.maxTokens - 1), end];
}

async function encode({ texts, tower }: EncodeUnit): Promise<Float32Array> {
  const rows = texts.map(tokenise);
  const width = Math.max(...rows.map((row) => row.length));
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(rows.length * width);
  for (const [r, row] of rows.entries()) {
    for (const [c, id] of row.entries()) {
      ids[r * width + c] = BigInt(id);
      mask[r * width + c] = 1n;
    }
  }
  const shape = [rows.length, width];
  const session = tower === "quick" ? quickEncoder : encoder;
  const output = await session.run({
    input_ids: new Tensor("int64", ids, shape),
    attention_mask: new Tensor("int64", mask, shape),
  });
  return output.embedding?.data as Float32Array;
}

/** The caller's mask and the matrix's own in one; the caller's array is a copy made for this thread. */
function combinedMask({ mask, live, count }: ScanUnit): Float32Array {
  if (mask === null) return live;
  for (let i = 0; i < mask.length; i++) {
    if (live[i % count] !== 0) mask[i] = Number.NEGATIVE_INFINITY;
  }
  return mask;
}

async function scan(unit: ScanUnit): Promise<ScanHits[]> {
  const batch = unit.queries.length / unit.dimension;
  const mask = combinedMask(unit);
  const k = Math.min(unit.k, unit.count);
  const output = await scanner.run({
    items: new Tensor("float32", unit.items, [unit.count, unit.dimension]),
    query: new Tensor("float32", unit.queries, [batch, unit.dimension]),
    mask: new Tensor("float32", mask, [mask.length / unit.count, unit.count]),
    k: new Tensor("int64", BigInt64Array.of(BigInt(k)), [1]),
  });
  const values = output.values?.data as Float32Array;
  const indices = output.indices?.data as BigInt64Array;
  return Array.from({ length: batch }, (_, b) => {
    const row = values.subarray(b * k, (b + 1) * k);
    // Sorted, so masked rows are all at the end.
    const masked = row.indexOf(Number.NEGATIVE_INFINITY);
    const found = masked < 0 ? k : masked;
    return {
      values: row.slice(0, found),
      indices: Int32Array.from({ length: found }, (_, i) => Number(indices[b * k + i])),
    };
  });
}

async function answer(unit: Unit): Promise<void> {
  if (unit.kind === "encode") {
    const vectors = await encode(unit);
    port.postMessage({ kind: "encoded", vectors } satisfies ThreadMessage);
  } else {
    port.postMessage({ kind: "scanned", hits: await scan(unit) } satisfies ThreadMessage);
  }
}

/** The first run of a session allocates; better now than in somebody's request. */
async function warmUp(): Promise<void> {
  await encode({ kind: "encode", tower: "quick", texts: ["a"] });
  await encode({ kind: "encode", tower: "full", texts: ["a"] });
  await encode({ kind: "encode", tower: "full", texts: Array.from({ length: 4 }, () => "warm up ".repeat(32)) });
  const one = { count: 1, dimension: setup.dimension, mask: null, k: 1 };
  const row = new Float32Array(setup.dimension);
  await scan({ kind: "scan", items: row, queries: row, live: new Float32Array(1), ...one });
}

await warmUp();
port.on("message", (unit: Unit) => {
  answer(unit).catch((error: unknown) => {
    port.postMessage({ kind: "failed", message: String(error) } satisfies ThreadMessage);
  });
});
port.postMessage({ kind: "ready" } satisfies ThreadMessage);
