import { stat } from "node:fs/promises";
import type { ImportFormatName } from "./import-formats.js";
import { ImportFileError } from "./import-row.js";
import { openBytes } from "./open-bytes.js";
import { moviesFile } from "./read-movielens.js";

const NAMES = "Name its format with --format ndjson, wikipedia or movielens.";

/** Finds out a file's or a folder's format from what is in it; names and endings do not count. */
export async function detectFormat(path: string): Promise<ImportFormatName> {
  if ((await statOf(path)).isDirectory()) {
    await statOf(moviesFile(path));
    return "movielens";
  }
  const first = await firstCharacter(path);
  if (first === "[") return "wikipedia";
  if (first === "{") return "ndjson";
  if (first === undefined) throw new ImportFileError(`${path} is empty.`);
  throw new ImportFileError(`${path} begins with "${first}" and so is neither JSON lines nor a JSON array. ${NAMES}`);
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(cause);
    throw new ImportFileError(`${path} cannot be read: ${reason}.`, { cause });
  }
}

async function firstCharacter(path: string): Promise<string | undefined> {
  // The decoder drops a byte order mark.
  const decoder = new TextDecoder();
  for await (const chunk of openBytes(path)) {
    const [character] = decoder.decode(chunk, { stream: true }).trimStart();
    if (character !== undefined) return character;
  }
  return undefined;
}
