import { ImportFileError } from "../../importing/import-row.js";
import { openBytes } from "../../importing/open-bytes.js";
import { splitLines } from "../../importing/split-lines.js";

/** No line of a file of sequences may be longer. */
const MAX_LINE_BYTES = 4 * 1024 * 1024;

/** Reads a file with one user a line, plain or gzip: items, oldest first, between spaces. */
export async function readSequences(path: string): Promise<string[][]> {
  const sequences: string[][] = [];
  const decoder = new TextDecoder();
  for await (const line of splitLines(openBytes(path), MAX_LINE_BYTES)) {
    if ("problem" in line) throw new ImportFileError(`${path}:${line.row}: ${line.problem}`);
    sequences.push(decoder.decode(line.bytes).trim().split(/\s+/));
  }
  if (sequences.length === 0) throw new ImportFileError(`${path} has no sequences.`);
  return sequences;
}

/** Reads the items that were kept apart: one a line, for the sequences in their order. */
export async function readLastItems(path: string, sequences: number): Promise<string[]> {
  const lines = await readSequences(path);
  if (lines.length !== sequences) {
    throw new ImportFileError(`${path} has ${lines.length} lines for ${sequences} sequences; it needs one for each.`);
  }
  return lines.map((line, index) => {
    const [item, ...more] = line;
    if (item === undefined || more.length > 0) throw new ImportFileError(`${path}:${index + 1}: is not one item`);
    return item;
  });
}
