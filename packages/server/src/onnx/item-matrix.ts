/** Doubling wastes half of the last step; a third is a fair price for seldom copying. */
const growth = 1.5;

/**
 * Item vectors, a row each, in memory shared with the inference thread: rows are written in place and scanned in place.
 * A row that was never set, or was removed, is not found by a scan. A scan that runs while a row is being written may
 * see it half old, half new, for that one scan.
 */
export class ItemMatrix {
  #items: Float32Array<SharedArrayBuffer>;
  #live: Float32Array<SharedArrayBuffer>;
  #count = 0;

  /**
   * @param dimension - length of a row.
   * @param capacity - rows to make room for now; more are made when needed.
   */
  constructor(
    readonly dimension: number,
    capacity = 1024,
  ) {
    this.#items = sharedFloats(capacity * dimension);
    this.#live = sharedFloats(capacity).fill(Number.NEGATIVE_INFINITY);
  }

  /** One more than the highest row ever set. */
  get count(): number {
    return this.#count;
  }

  /** count × dimension, the rows in use; a view. */
  get items(): Float32Array<SharedArrayBuffer> {
    return this.#items.subarray(0, this.#count * this.dimension);
  }

  /** count; 0 where a row may be found, -Infinity where not; a view. */
  get live(): Float32Array<SharedArrayBuffer> {
    return this.#live.subarray(0, this.#count);
  }

  /** Writes a row, growing the matrix if need be. Throws `RangeError` for a vector of the wrong length or a negative row. */
  set(row: number, vector: Float32Array): void {
    if (!Number.isSafeInteger(row) || row < 0) throw new RangeError(`no such row: ${row}`);
    if (vector.length !== this.dimension) {
      throw new RangeError(`a row has ${this.dimension} numbers, not ${vector.length}`);
    }
    if (row >= this.#live.length) this.#grow(Math.max(row + 1, Math.ceil(this.#live.length * growth)));
    this.#items.set(vector, row * this.dimension);
    this.#live[row] = 0;
    this.#count = Math.max(this.#count, row + 1);
  }

  /** Hides a row from scans until it is set again. */
  remove(row: number): void {
    if (row < this.#count) this.#live[row] = Number.NEGATIVE_INFINITY;
  }

  /** Whether a row is set. */
  has(row: number): boolean {
    return this.#live[row] === 0;
  }

  /** A view of a row, or nothing when it is not set. Copy it to keep it. */
  row(row: number): Float32Array | undefined {
    return this.has(row) ? this.#items.subarray(row * this.dimension, (row + 1) * this.dimension) : undefined;
  }

  /** Inner product of a row and a query; -Infinity for a row that is not set. */
  score(row: number, query: Float32Array): number {
    if (!this.has(row)) return Number.NEGATIVE_INFINITY;
    const start = row * this.dimension;
    let sum = 0;
    for (let i = 0; i < this.dimension; i++) sum += (this.#items[start + i] as number) * (query[i] as number);
    return sum;
  }

  #grow(capacity: number): void {
    const items = sharedFloats(capacity * this.dimension);
    items.set(this.items);
    this.#items = items;
    const live = sharedFloats(capacity).fill(Number.NEGATIVE_INFINITY);
    live.set(this.live);
    this.#live = live;
  }
}

function sharedFloats(length: number): Float32Array<SharedArrayBuffer> {
  return new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
}
