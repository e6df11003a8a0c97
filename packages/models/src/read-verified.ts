import { createHash } from "node:crypto";
import { constants, open } from "node:fs/promises";
import { ModelFileError } from "./model-file-error.js";

/** No file of a model may be larger; far above any shipped, far below what would hurt a server. */
export const maxFileBytes = 256 * 1024 * 1024;

/**
 * Reads a whole file and proves its SHA-256. What is hashed is what is returned, so the file cannot change in between.
 * Hard links are allowed: pnpm installs packages as hard links. A model that names an external data file cannot pass,
 * since its own bytes would have to be on the allow-list.
 *
 * @throws {ModelFileError}
 */
export async function readVerified(path: string, expected: { sha256: string; bytes?: number }): Promise<Uint8Array> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((cause: NodeJS.ErrnoException) => {
    throw new ModelFileError(cause.code === "ELOOP" ? "not-a-file" : "missing", path, { cause });
  });
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new ModelFileError("not-a-file", path);
    if (found.size > maxFileBytes) throw new ModelFileError("too-large", path);
    if (expected.bytes !== undefined && found.size !== expected.bytes) throw new ModelFileError("wrong-size", path);
    const bytes = await file.readFile();
    if (createHash("sha256").update(bytes).digest("hex") !== expected.sha256) {
      throw new ModelFileError("wrong-hash", path);
    }
    return bytes;
  } finally {
    await file.close();
  }
}
