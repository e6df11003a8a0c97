import { stat } from "node:fs/promises";
import type { ImportMode, ImportMoviesResponse } from "@cinedeepmatch/contract";
import type { NodeClient } from "@cinedeepmatch/sdk-node";
import type { ImportFormat } from "./import-formats.js";
import { type OutageOptions, outlastOutage } from "./outlast-outage.js";
import type { Progress, ProgressTask } from "./progress.js";
import { type ImportProblem, RowTally } from "./row-tally.js";
import { sendRows } from "./send-rows.js";

/** What came of the movies of a file, over all runs of its import. `rows` is the sum of the next three. */
export interface MovieCounts {
  /** How many rows the file has, blank ones aside. */
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  /** How many rows were bad, whether it showed when they were read or when they were checked by the server. */
  readonly rejected: number;
  /** How many of the file's row numbers were covered by earlier runs. */
  readonly resumedAfterRow: number;
}

/** What importing movies needs. */
export interface ImportMoviesOptions {
  readonly client: NodeClient;
  readonly path: string;
  readonly format: ImportFormat;
  readonly importId: string;
  readonly mode: ImportMode;
  readonly progress: Progress;
  readonly onProblem: (problem: ImportProblem) => void;
  readonly outage?: OutageOptions | undefined;
  readonly stallMs?: number | undefined;
}

/** Imports the movies of a file, going on after the last stored row however often the server goes away. */
export async function importMovies(options: ImportMoviesOptions): Promise<MovieCounts> {
  const { client, path, format, importId, mode, progress, onProblem, outage, stallMs } = options;
  const file = format.file(path);
  const { size } = await stat(file);
  const tally = new RowTally(file, onProblem);
  const shown = new ShownPosition(progress.begin("Importing", "rows", size));
  let resumedAfterRow: number | undefined;
  const send = (progressed: () => void) =>
    sendRows({
      client,
      header: { importId, mode },
      read: () => format.read(path, (bytesRead) => shown.read(bytesRead)),
      onRow: (row) => tally.count(row),
      onAnswer: (response) => {
        progressed();
        resumedAfterRow ??= Number(response.committedRow);
        for (const { row, message } of response.rejections) tally.report({ row: Number(row), problem: message });
        shown.stored(Number(response.committedRow));
      },
      ...(stallMs === undefined ? {} : { stallMs }),
    });
  try {
    const last = await outlastOutage(send, outage);
    shown.stored(Number(last.committedRow), size);
    return toCounts(last, tally, resumedAfterRow ?? 0);
  } finally {
    shown.end();
  }
}

function toCounts(last: ImportMoviesResponse, tally: RowTally, resumedAfterRow: number): MovieCounts {
  return {
    rows: tally.rows,
    created: Number(last.createdCount),
    updated: Number(last.updatedCount),
    rejected: Number(last.rejectedCount) + tally.bad,
    resumedAfterRow,
  };
}

/** Shows the rows that are stored against the bytes that are read: how many rows there are is known only at the end. */
class ShownPosition {
  readonly #task: ProgressTask;
  #bytesRead = 0;

  constructor(task: ProgressTask) {
    this.#task = task;
  }

  read(bytesRead: number): void {
    this.#bytesRead = bytesRead;
  }

  stored(row: number, bytesRead = this.#bytesRead): void {
    this.#task.update(bytesRead, row);
  }

  end(): void {
    this.#task.end();
  }
}
