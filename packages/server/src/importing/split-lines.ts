import type { RawRow } from "./import-row.js";
import { RowCollector } from "./row-collector.js";

const NEWLINE = 0x0a;

/**
 * Splits a file into its lines, numbered from 1; blank ones are left out. Not `readline`, which also splits at U+2028,
 * a character that JSON strings may contain, and holds lines of any length.
 */
export async function* splitLines(chunks: AsyncIterable<Uint8Array>, maxRowBytes?: number): AsyncGenerator<RawRow> {
  const collector = new RowCollector(maxRowBytes);
  let row = 1;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      collector.add(chunk.subarray(from, end));
      const line = collector.take(row++);
      if (line !== undefined) yield line;
      from = end + 1;
    }
    collector.add(chunk.subarray(from));
  }
  const last = collector.take(row);
  if (last !== undefined) yield last;
}
