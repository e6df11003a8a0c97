/** Four bits for each of eight fields hold how often a term occurs there. */
export const fieldBits = 4;
export const mostOccurrences = 2 ** fieldBits - 1;

/** The documents that hold one term, in order of their ordinals, in one flat array: ordinal, counts, ordinal, counts, … */
export class PostingList {
  #data = new Uint32Array(4);
  #length = 0;

  /** How many documents hold the term. */
  get size(): number {
    return this.#length / 2;
  }

  ordinalAt(position: number): number {
    return this.#data[position * 2] as number;
  }

  /** Counts of the term in each field, packed. */
  countsAt(position: number): number {
    return this.#data[position * 2 + 1] as number;
  }

  /** Packed counts for a document; 0 when it does not hold the term. */
  countsOf(ordinal: number): number {
    const position = this.#find(ordinal);
    return position < this.size && this.ordinalAt(position) === ordinal ? this.countsAt(position) : 0;
  }

  /** Adds a document that is not there yet. Appending the highest ordinal is cheap, any other costs a copy of the tail. */
  insert(ordinal: number, counts: number): void {
    if (this.#length === this.#data.length) {
      const larger = new Uint32Array(Math.ceil(this.#length * 0.75) * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    const at = this.#find(ordinal) * 2;
    this.#data.copyWithin(at + 2, at, this.#length);
    this.#data[at] = ordinal;
    this.#data[at + 1] = counts;
    this.#length += 2;
  }

  /** Takes a document out, if it is there. */
  delete(ordinal: number): void {
    const position = this.#find(ordinal);
    if (position >= this.size || this.ordinalAt(position) !== ordinal) return;
    this.#data.copyWithin(position * 2, position * 2 + 2, this.#length);
    this.#length -= 2;
  }

  /** The first position whose ordinal is not below. */
  #find(ordinal: number): number {
    let low = 0;
    let high = this.size;
    // New documents come last, most of the time.
    if (high > 0 && this.ordinalAt(high - 1) < ordinal) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ordinalAt(middle) < ordinal) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
