import { type ItemTable, itemTable } from "../evaluation/sequences/item-table.js";
import type { ItemTexts } from "../evaluation/sequences/item-texts.js";
import type { Progress } from "../importing/progress.js";
import { startInference } from "../onnx/inference.js";
import { TEXT_ENCODER } from "./model-files.js";

const BATCH = 256;

/** Encodes what items are about with the server's own text encoder. */
export async function encodeItems(texts: ItemTexts, progress: Progress, threads: number): Promise<ItemTable> {
  const inference = await startInference({ encoderThreads: threads });
  const task = progress.begin(`Encoding with ${TEXT_ENCODER}`, "items", texts.size);
  const all = Array.from(texts.values(), ({ text }) => text);
  const vectors: Float32Array[] = [];
  try {
    while (vectors.length < all.length) {
      vectors.push(...(await inference.encode(all.slice(vectors.length, vectors.length + BATCH))));
      task.update(vectors.length, vectors.length);
    }
  } finally {
    task.end();
    await inference.close();
  }
  return itemTable(
    [...texts.keys()],
    vectors,
    Array.from(texts.values(), ({ facts }) => facts),
  );
}
