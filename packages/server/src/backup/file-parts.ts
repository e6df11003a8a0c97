import { ErrorReason } from "@cinedeepmatch/contract";
import { ServiceError } from "../matching/service-error.js";
import type { ModelFiles } from "../registry/model-files.js";
import type { ModelStore } from "../registry/model-store.js";
import type { FilePart, FileRow } from "./backup-lines.js";

/** Where the files of registered models are read. */
export interface FileSource {
  readonly models: Pick<ModelStore, "files">;
  readonly modelFiles: Pick<ModelFiles, "stream">;
}

/** A step of writing files down. */
type FileStep = FilePart | { readonly kind: "row"; readonly text: string } | { readonly kind: "end" };

/**
 * The files of all registered models, a piece at a time. One that is gone is named: a backup is not to fail for a model
 * that nobody can load any more.
 */
export async function* fileParts({ models, modelFiles }: FileSource): AsyncGenerator<FileStep> {
  for (const file of await models.files()) {
    const part: FilePart = { kind: "file", name: "model file", ...file };
    const pieces = modelFiles.stream(file.tenant, file.sha256)[Symbol.asyncIterator]();
    // Its content is proven before its first piece comes.
    const first = await pieces.next().catch((error: unknown) => {
      if (error instanceof ServiceError && error.reason === ErrorReason.MODEL_NOT_FOUND) return undefined;
      throw error;
    });
    yield first === undefined ? { ...part, isMissing: true } : part;
    for (let piece = first; piece !== undefined && piece.done !== true; piece = await pieces.next()) {
      yield { kind: "row", text: rowOf(piece.value) };
    }
    yield { kind: "end" };
  }
}

function rowOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  const row: FileRow = { bytes: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
  return JSON.stringify(row);
}

/** Reads a row's text. */
export function parseFileRow(text: string): Buffer {
  return Buffer.from((JSON.parse(text) as FileRow).bytes, "base64");
}
