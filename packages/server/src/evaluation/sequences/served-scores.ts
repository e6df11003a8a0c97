import type { HeldOut } from "../../learning/hold-out.js";
import { scoreWithModel } from "../../learning/model/score-cases.js";
import type { MathEngine } from "../../onnx/math-engine.js";
import type { ItemTable } from "./item-table.js";

/** A model's folder, learned here or made elsewhere. */
export interface ServedFiles {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly manifest: { readonly maxEvents: number; readonly metrics: unknown };
}

/** What a model's files, as a server would load them, say of each case. */
export function servedScores(
  engine: MathEngine,
  { files, manifest }: ServedFiles,
  table: ItemTable,
  cases: readonly HeldOut[],
): AsyncGenerator<Float32Array> {
  const known = new Int32Array(table.names.length + 1);
  const lines = new TextDecoder().decode(files.get("items.txt")).trim().split("\n");
  for (const [index, name] of lines.entries()) {
    const item = table.indexOf.get(name);
    if (item !== undefined) known[item] = index + 1;
  }
  const served = {
    taste: files.get("taste.onnx") as Uint8Array,
    item: files.get("item.onnx") as Uint8Array,
    content: table.content,
    contentLength: table.length,
    facts: table.facts,
    known,
    maxEvents: manifest.maxEvents,
  };
  return scoreWithModel(engine, served, cases);
}
