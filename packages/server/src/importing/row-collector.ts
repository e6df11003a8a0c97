import type { RawRow } from "./import-row.js";

const MAX_ROW_BYTES = 16 * 1024 * 1024;

/** Gathers the bytes of one row after the other from the chunks they are spread over. */
export class RowCollector {
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #size = 0;

  /** @param maxBytes a longer row is dropped as it comes, so that no file can take more memory than this */
  constructor(maxBytes = MAX_ROW_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** Adds a piece of the current row. */
  add(piece: Uint8Array): void {
    this.#size += piece.length;
    if (this.#size > this.#maxBytes) this.#pieces = [];
    else if (piece.length > 0) this.#pieces.push(piece);
  }

  /** Ends the current row. Undefined when it is blank. */
  take(row: number): RawRow | undefined {
    const [first, ...more] = this.#pieces;
    const tooLong = this.#size > this.#maxBytes;
    this.#pieces = [];
    this.#size = 0;
    if (tooLong) return { row, problem: `is longer than ${this.#maxBytes} bytes` };
    const bytes = first === undefined || more.length === 0 ? first : Buffer.concat([first, ...more]);
    return bytes === undefined || bytes.every(isBlank) ? undefined : { row, bytes };
  }
}

/** Whether a byte is white space in JSON. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
