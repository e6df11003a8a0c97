import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LearnedModel, TasteManifest } from "../learning/index.js";

/** Writes a learned model's files into a folder, which is made where it is not there. */
export async function writeModelFolder(folder: string, { files }: LearnedModel): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}

/** Reads a folder that `writeModelFolder` wrote. The registry checks what it takes from others; here it is one's own. */
export async function readModelFolder(folder: string): Promise<LearnedModel> {
  const json = await readFile(join(folder, "manifest.json"));
  const manifest = JSON.parse(json.toString()) as TasteManifest;
  const files = new Map<string, Uint8Array>([["manifest.json", json]]);
  for (const name of ["taste.onnx", "item.onnx", "items.txt"]) files.set(name, await readFile(join(folder, name)));
  return { manifest, files, report: manifest.metrics };
}
