import type { MessageInitShape } from "@bufbuild/protobuf";
import type { MovieSchema } from "@cinedeepmatch/contract";

/** A movie as the SDK takes it. */
export type MovieInit = MessageInitShape<typeof MovieSchema>;

/** A row that cannot be imported, and why. */
export interface BadRow {
  /** The row's number, from 1: the line in files that have a row a line, the element in a JSON array. */
  readonly row: number;
  /** What is wrong with it, as a sentence without its end. */
  readonly problem: string;
}

/** One row of a file. Rows come in the order of their numbers; numbers may be left out. */
export type MovieRow = { readonly row: number; readonly movie: MovieInit } | BadRow;

/** One row of a file before it is understood. */
export type RawRow = { readonly row: number; readonly bytes: Uint8Array } | BadRow;

/** Told how many bytes of the file have been read. */
export type OnBytesRead = (bytesRead: number) => void;

/** The file as a whole cannot be imported, or not from here on. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
}
