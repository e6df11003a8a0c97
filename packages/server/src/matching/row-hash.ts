import { createHash } from "node:crypto";

const BYTES = 16;
const MODULUS = 1n << BigInt(BYTES * 8);

/** A digest of rows in whatever order they come. */
export class RowHash {
  #sum = 0n;
  #count = 0;

  /** How many rows there were. */
  get count(): number {
    return this.#count;
  }

  add(row: string): void {
    this.#sum = (this.#sum + BigInt(`0x${digestOfRow(row)}`)) % MODULUS;
    this.#count += 1;
  }

  /** The same for the same rows. */
  toString(): string {
    return `${this.#count}:${this.#sum.toString(16)}`;
  }
}

/** A digest of one row. */
export function digestOfRow(row: string): string {
  return createHash("sha256")
    .update(row)
    .digest("hex")
    .slice(0, 2 * BYTES);
}
