import { ImportFileError, type RawRow } from "./import-row.js";
import { isBlank, RowCollector } from "./row-collector.js";

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT, NEWLINE] = [0x5b, 0x5d, 0x7b, 0x7d, 0x0a];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Splits a JSON array into its elements without understanding them, numbered from 1. Unlike with a JSON parser, a
 * broken element costs only itself as long as its brackets match or it ends with its line.
 */
export async function* splitArray(chunks: AsyncIterable<Uint8Array>, maxRowBytes?: number): AsyncGenerator<RawRow> {
  const elements = new ElementSplitter(new RowCollector(maxRowBytes));
  for await (const chunk of chunks) yield* elements.split(chunk);
  const last = elements.end();
  if (last !== undefined) yield last;
}

class ElementSplitter {
  readonly #collector: RowCollector;
  #place: "before" | "inside" | "after" = "before";
  #row = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(collector: RowCollector) {
    this.#collector = collector;
  }

  *split(chunk: Uint8Array): Generator<RawRow> {
    let from = this.#place === "before" ? this.#enter(chunk) : 0;
    for (let index = from; index < chunk.length && this.#place === "inside"; index++) {
      const byte = chunk[index] as number;
      if (!this.#endsElement(byte)) continue;
      this.#collector.add(chunk.subarray(from, index));
      const element = this.#collector.take(this.#row);
      const last = byte === CLOSE_ARRAY;
      if (last) this.#place = "after";
      // Before the closing bracket a blank is an empty array or a trailing comma.
      if (element !== undefined || !last) yield element ?? { row: this.#row, problem: "is empty" };
      this.#row++;
      from = index + 1;
    }
    if (this.#place === "inside") this.#collector.add(chunk.subarray(from));
    else if (this.#place === "after" && !chunk.subarray(from).every(isBlank)) {
      throw new ImportFileError("There is more text after the end of the JSON array.");
    }
  }

  /** What is left when the file is over. */
  end(): RawRow | undefined {
    if (this.#place === "before") throw new ImportFileError("The file is empty.");
    return this.#place === "after" ? undefined : { row: this.#row, problem: "is cut off: the file ends in it" };
  }

  #enter(chunk: Uint8Array): number {
    const at = chunk.findIndex((byte) => !isBlank(byte) && !BYTE_ORDER_MARK.includes(byte));
    if (at < 0) return chunk.length;
    if (chunk[at] !== OPEN_ARRAY) throw new ImportFileError("The file is no JSON array.");
    this.#place = "inside";
    return at + 1;
  }

  #endsElement(byte: number): boolean {
    if (this.#inString) return this.#endsBrokenString(byte);
    if (byte === QUOTE) this.#inString = true;
    else if (byte === COMMA) return this.#depth === 0;
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) this.#depth++;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (this.#depth === 0) return byte === CLOSE_ARRAY;
      this.#depth--;
    }
    return false;
  }
  #endsBrokenString(byte: number): boolean {
    if (byte === NEWLINE) {
      // No string goes over the end of a line, so its closing quote is missing and nothing since can be trusted.
      this.#inString = this.#escaped = false;
      this.#depth = 0;
      return true;
    }
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
    return false;
  }
}
