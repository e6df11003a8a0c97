/** Texts cut into passages, and which text each passage is of. */
export interface Passages {
  readonly texts: readonly string[];
  /** For each passage the position of its text. */
  readonly owners: readonly number[];
  /** How many texts there were. */
  readonly count: number;
}

/** Cuts texts into their lines; empty lines are left out, an empty text is one empty passage. */
export function splitPassages(texts: readonly string[]): Passages {
  const lines = texts.map((text) => {
    const filled = text.split("\n").filter((line) => line.trim() !== "");
    return filled.length > 0 ? filled : [""];
  });
  return { texts: lines.flat(), owners: lines.flatMap((of, owner) => of.map(() => owner)), count: texts.length };
}

/** Collects passage vectors, in any order, into one unit vector a text. */
export class PassageMean {
  readonly #sums: Float32Array[];

  constructor(
    private readonly passages: Passages,
    private readonly dimension: number,
  ) {
    this.#sums = Array.from({ length: passages.count }, () => new Float32Array(dimension));
  }

  /** @param vectors - of the passages at these positions, one after another. */
  add(positions: readonly number[], vectors: Float32Array): void {
    for (const [row, position] of positions.entries()) {
      const sum = this.#sums[this.passages.owners[position] as number] as Float32Array;
      for (let i = 0; i < this.dimension; i++)
        sum[i] = (sum[i] as number) + (vectors[row * this.dimension + i] as number);
    }
  }

  /** Read once, when all passages are in. */
  vectors(): Float32Array[] {
    for (const sum of this.#sums) {
      const length = Math.hypot(...sum);
      if (length > 0) for (let i = 0; i < this.dimension; i++) sum[i] = (sum[i] as number) / length;
    }
    return this.#sums;
  }
}
