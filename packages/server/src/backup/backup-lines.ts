import type { TenantFile } from "../registry/model-files.js";

/** What a backup begins with. */
export interface BackupHeader {
  readonly format: "cinedeepmatch-backup";
  /** Raised when an older release could not read it any more. */
  readonly version: number;
  /** RFC 3339. */
  readonly createTime: string;
}

/** What a part holds. */
export type BackupPart =
  | FilePart
  | { readonly name: string; readonly kind: "table"; readonly columns: readonly string[] }
  | { readonly name: "catalog"; readonly kind: "catalog"; readonly modelVersion: string };

/** A file of a registered model; its rows are {@link FileRow}s. */
export interface FilePart extends TenantFile {
  readonly name: "model file";
  readonly kind: "file";
  /** Where the file was not to be had: then there are no rows. */
  readonly isMissing?: true;
}

/** A piece of a file. */
export interface FileRow {
  /** In base64. */
  readonly bytes: string;
}

/** What a part ends with. */
export interface PartEnd {
  readonly rows: number;
  /** Of the lines of the rows, each with its newline. */
  readonly sha256: string;
}

/**
 * A line of a backup. Rows are JSON objects, everything else is an array whose first element says what it is, so that
 * `gunzip | jq` shows what is there.
 */
export type ControlLine =
  | readonly ["backup", BackupHeader]
  | readonly ["part", BackupPart]
  | readonly ["end", PartEnd]
  | readonly ["sequences", Readonly<Record<string, string>>]
  /** Without it the backup was cut off. */
  | readonly ["complete", { readonly parts: number }];

export const FORMAT = "cinedeepmatch-backup";
export const VERSION = 1;
