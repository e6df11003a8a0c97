import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { ImportFileError } from "./import-row.js";

/** The SHA-256 of a file's bytes in hexadecimal. */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new ImportFileError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
  return hash.digest("hex");
}
