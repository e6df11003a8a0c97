import { createHash, randomUUID } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ErrorReason } from "@cinedeepmatch/contract";
import { ModelFileError, readVerified } from "@cinedeepmatch/models";
import { fieldInvalid, ServiceError } from "../../matching/service-error.js";
import type { FileName, ModelFiles } from "../../registry/model-files.js";

const DAY_MS = 24 * 60 * 60_000;
/** What is not a finished file. */
const PARTIAL = ".part";

/**
 * Models in a folder: one below it for each tenant, and there each file under the SHA-256 of its content. Servers that
 * share a database share the folder.
 */
export function createDiskModelFiles(folder: string): ModelFiles {
  // A tenant's name may hold anything; a digest of it is a plain name.
  const folderOf = (tenant: string) => join(folder, createHash("sha256").update(tenant).digest("hex").slice(0, 32));
  const pathOf = (tenant: string, sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw notFound();
    return join(folderOf(tenant), sha256);
  };
  return {
    has: async (tenant, sha256) => (await stat(pathOf(tenant, sha256)).catch(() => undefined))?.isFile() === true,

    async write(tenant, file, chunks) {
      const path = pathOf(tenant, file.sha256);
      await mkdir(folderOf(tenant), { recursive: true, mode: 0o700 });
      const partial = `${path}.${randomUUID()}${PARTIAL}`;
      try {
        await writeExactly(partial, file, chunks);
        await rename(partial, path);
      } finally {
        await rm(partial, { force: true });
      }
    },

    async read(tenant, sha256) {
      try {
        return await readVerified(pathOf(tenant, sha256), { sha256 });
      } catch (error) {
        throw error instanceof ModelFileError ? notFound(error) : error;
      }
    },

    async *stream(tenant, sha256) {
      // Proven before its first byte leaves: a reader may act upon the beginning.
      await this.read(tenant, sha256);
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
      yield* createReadStream(pathOf(tenant, sha256), { flags: flags as unknown as string, highWaterMark: 256 * 1024 });
    },

    async sweep(wanted) {
      const kept = new Set([...wanted].map((key) => splitKey(key, folderOf)));
      let count = 0;
      for (const tenantFolder of await readdir(folder).catch(() => [])) {
        for (const name of await readdir(join(folder, tenantFolder)).catch(() => [])) {
          const path = join(folder, tenantFolder, name);
          const found = await stat(path).catch(() => undefined);
          if (found === undefined || kept.has(path) || Date.now() - found.mtimeMs < DAY_MS) continue;
          await rm(path, { force: true });
          count++;
        }
      }
      return count;
    },
  };
}

function splitKey(key: string, folderOf: (tenant: string) => string): string {
  const at = key.lastIndexOf("/");
  return join(folderOf(key.slice(0, at)), key.slice(at + 1));
}

/** Writes what must have this size and content, and forces it to the disk. */
async function writeExactly(path: string, expected: FileName, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const hash = createHash("sha256");
  const file = await open(path, "wx", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > expected.bytes) break;
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    if (bytes !== expected.bytes) throw fieldInvalid("chunk", `is not ${expected.bytes} bytes long in all`);
    if (hash.digest("hex") !== expected.sha256) throw fieldInvalid("chunk", "is not what header.sha256 says");
    await file.sync();
  } finally {
    await file.close();
  }
}

function notFound(cause?: unknown): ServiceError {
  return new ServiceError(ErrorReason.MODEL_NOT_FOUND, "No model has a file with this digest.", { cause });
}
