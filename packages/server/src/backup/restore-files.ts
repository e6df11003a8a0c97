import { createHash, type Hash } from "node:crypto";
import type { ModelFiles, TenantFile } from "../registry/model-files.js";
import type { ModelStore } from "../registry/model-store.js";
import { BackupError } from "./backup-error.js";
import type { FilePart } from "./backup-lines.js";
import { parseFileRow } from "./file-parts.js";
import { type BackupStep, readBackup } from "./read-backup.js";

/** Where files of models are restored to. */
export interface FileTarget {
  /** As it was restored: no other files are taken than those that its models are made of. */
  readonly models: Pick<ModelStore, "files">;
  readonly modelFiles: Pick<ModelFiles, "has" | "write">;
}

/** How the files of models fared. */
export interface RestoredFiles {
  readonly fileCount: number;
  /** Files of registered models that neither the backup has nor the target. */
  readonly missingFiles: readonly TenantFile[];
}

/** The largest that a model's file may be; see ModelFile. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Restores the files of the models that the target knows. */
export async function restoreFiles(path: string, { models, modelFiles }: FileTarget): Promise<RestoredFiles> {
  const wanted = await models.files();
  const missing = new Map(wanted.map((file) => [keyOf(file), file]));
  const steps = readBackup(path);
  try {
    for (let next = await steps.next(); next.done !== true; next = await steps.next()) {
      if (next.value.kind !== "part" || next.value.part.kind !== "file") continue;
      const file = missing.get(keyOf(next.value.part));
      if (file === undefined || next.value.part.isMissing) continue;
      // Compares size and content with what the model was registered with.
      await modelFiles.write(file.tenant, file, pieces(steps));
      missing.delete(keyOf(file));
    }
  } finally {
    await steps.return(undefined);
  }
  const fileCount = wanted.length - missing.size;
  const found = await Promise.all([...missing.values()].map(({ tenant, sha256 }) => modelFiles.has(tenant, sha256)));
  return { fileCount, missingFiles: [...missing.values()].filter((_, index) => !found[index]) };
}

/** The pieces of the part that was begun last. */
async function* pieces(steps: AsyncGenerator<BackupStep>): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { value, done } = await steps.next();
    if (done || value.kind !== "row") return;
    yield parseFileRow(value.text);
  }
}

function keyOf({ tenant, sha256 }: { readonly tenant: string; readonly sha256: string }): string {
  return `${tenant}/${sha256}`;
}

/** Compares the content of a file in a backup with what the backup says of it. */
export class FileCheck {
  readonly #part: FilePart;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;

  constructor(part: FilePart) {
    this.#part = part;
  }

  add(row: string): void {
    const piece = parseFileRow(row);
    this.#bytes += piece.length;
    if (this.#bytes > MOST_BYTES) throw this.#damaged();
    this.#hash.update(piece);
  }

  end(): void {
    const { isMissing = false, bytes, sha256 } = this.#part;
    if (isMissing ? this.#bytes === 0 : this.#bytes === bytes && this.#hash.digest("hex") === sha256) return;
    throw this.#damaged();
  }

  #damaged(): BackupError {
    return new BackupError(`The backup is damaged: the model file ${this.#part.sha256} is not what was written.`);
  }
}
