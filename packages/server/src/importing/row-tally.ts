import type { BadRow } from "./import-row.js";

/** A row of a file that was not imported, and why. */
export interface ImportProblem extends BadRow {
  /** The file it is in. */
  readonly file: string;
}

/** Counts a file's rows, each once however often the file is read. */
export class RowTally {
  readonly #file: string;
  readonly #onProblem: (problem: ImportProblem) => void;
  #lastRow = 0;
  #rows = 0;
  #bad = 0;

  constructor(file: string, onProblem: (problem: ImportProblem) => void) {
    this.#file = file;
    this.#onProblem = onProblem;
  }

  /** How many rows there are. */
  get rows(): number {
    return this.#rows;
  }

  /** How many of them could not be read. */
  get bad(): number {
    return this.#bad;
  }

  /** Counts a row that was read, unless it was counted before. */
  count(row: { readonly row: number } | BadRow): void {
    if (row.row <= this.#lastRow) return;
    this.#lastRow = row.row;
    this.#rows++;
    if (!("problem" in row)) return;
    this.#bad++;
    this.report(row);
  }

  /** Tells of a row that is bad for another reason. */
  report({ row, problem }: BadRow): void {
    this.#onProblem({ file: this.#file, row, problem });
  }
}
