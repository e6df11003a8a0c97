import { createHash } from "node:crypto";
import { ImportMode } from "@cinedeepmatch/contract";
import type { CineDeepMatchError, NodeClient } from "@cinedeepmatch/sdk-node";
import { awaitEncoding } from "./await-encoding.js";
import { detectFormat } from "./detect-format.js";
import { digestFile } from "./digest-file.js";
import { IMPORT_FORMATS, type ImportFormatName } from "./import-formats.js";
import { importMovies, type MovieCounts } from "./import-movies.js";
import type { Progress } from "./progress.js";
import { type RatingCounts, recordRatings } from "./record-ratings.js";
import type { ImportProblem } from "./row-tally.js";

/** What to import and how. */
export interface ImportFileOptions {
  /** Made with `protocol: "grpc"`. */
  readonly client: NodeClient;
  /** A file, or a MovieLens folder. */
  readonly path: string;
  /** Found out from the content by default. */
  readonly format?: ImportFormatName | undefined;
  /** Fill in only what movies lack that are there already. By default as the format has it. */
  readonly merge?: boolean | undefined;
  /** Wait until the model has encoded the movies; true by default. */
  readonly wait?: boolean | undefined;
  readonly progress: Progress;
  /** Told of each row that was not imported. */
  readonly onProblem: (problem: ImportProblem) => void;
  /** How long to wait for a server that goes away, in milliseconds; 5 minutes by default. */
  readonly patienceMs?: number | undefined;
  /** After how long without an answer a connection is taken for dead, in milliseconds; 1 minute by default. */
  readonly stallMs?: number | undefined;
}

/** What came of an import. */
export interface ImportSummary {
  readonly format: ImportFormatName;
  readonly importId: string;
  readonly movies: MovieCounts;
  /** Only of formats that have ratings. */
  readonly ratings?: RatingCounts;
  /** How many movies the catalogue has in all and how many of them can be matched, where that was waited for. */
  readonly catalogue?: { readonly movies: number; readonly encoded: number };
}

/**
 * Imports a file or folder. It may be interrupted at any time and run again: the server keeps the position under a
 * name made of the content, so that a second run goes on where the first one was acknowledged.
 */
export async function importFile(options: ImportFileOptions): Promise<ImportSummary> {
  const { client, path, merge, wait = true, progress, onProblem, patienceMs, stallMs } = options;
  const name = options.format ?? (await detectFormat(path));
  const format = IMPORT_FORMATS[name];
  // Asked first, so that a wrong address or token shows at once and not after minutes of patience.
  await client.catalog.getStatus();
  const mode = merge === undefined ? format.mode : merge ? ImportMode.MERGE : ImportMode.UNSPECIFIED;
  const importId = await importIdOf(name, format.file(path), mode);
  const outage = { patienceMs, onWait: noteWait(progress) };
  const movies = await importMovies({ client, path, format, importId, mode, progress, onProblem, outage, stallMs });
  const ratings =
    name === "movielens" ? await recordRatings({ client, folder: path, progress, onProblem, outage }) : undefined;
  const status = wait ? await awaitEncoding({ client, progress, outage }) : undefined;
  return {
    format: name,
    importId,
    movies,
    ...(ratings === undefined ? {} : { ratings }),
    ...(status === undefined
      ? {}
      : { catalogue: { movies: Number(status.movieCount), encoded: Number(status.encodedCount) } }),
  };
}

/** Names an import after everything that it depends on, so that only the same one is resumed. */
async function importIdOf(name: ImportFormatName, file: string, mode: ImportMode): Promise<string> {
  const { version } = IMPORT_FORMATS[name];
  const facts = [name, version, ImportMode[mode], await digestFile(file)];
  return `${name}-${createHash("sha256").update(JSON.stringify(facts)).digest("hex")}`;
}

function noteWait(progress: Progress): (error: CineDeepMatchError, delayMs: number) => void {
  return ({ message }, delayMs) =>
    progress.note(`The server is away or busy (${message}); trying again in ${(delayMs / 1000).toFixed(1)} s.`);
}
