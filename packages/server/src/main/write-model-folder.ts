import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LearnedModel } from "../learning/index.js";

/** Writes a learned model's files into a folder, which is made where it is not there. */
export async function writeModelFolder(folder: string, { files }: LearnedModel): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
}
