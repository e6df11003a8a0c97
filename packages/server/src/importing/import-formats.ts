import { ImportMode } from "@cinedeepmatch/contract";
import type { MovieRow, OnBytesRead } from "./import-row.js";
import { moviesFile, readMovieLens } from "./read-movielens.js";
import { readNdjson } from "./read-ndjson.js";
import { readWikipedia } from "./read-wikipedia.js";

/** A format that can be imported. */
export interface ImportFormat {
  /** Raised when the reader makes other movies of the same file, so that importing the file again has an effect. */
  readonly version: number;
  /** What happens to movies that exist already, unless the user says otherwise. */
  readonly mode: ImportMode;
  /** The file with the movies, for a path that may be a folder. */
  readonly file: (path: string) => string;
  /** Reads the movies row by row, the same ones at every reading. */
  readonly read: (path: string, onBytesRead?: OnBytesRead) => AsyncIterable<MovieRow>;
}

const itself = (path: string) => path;

/** The formats by the names that users give them. */
export const IMPORT_FORMATS = {
  ndjson: { version: 1, mode: ImportMode.UNSPECIFIED, file: itself, read: readNdjson },
  wikipedia: { version: 1, mode: ImportMode.UNSPECIFIED, file: itself, read: readWikipedia },
  // MovieLens knows little of a movie, so that it must not replace what others know.
  movielens: { version: 1, mode: ImportMode.MERGE, file: moviesFile, read: readMovieLens },
} as const satisfies Record<string, ImportFormat>;

/** A format's name. */
export type ImportFormatName = keyof typeof IMPORT_FORMATS;
