import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { ImportFileError, type OnBytesRead } from "./import-row.js";

const CHUNK_BYTES = 256 * 1024;

/**
 * Reads a file chunk by chunk, unpacking it when it is gzip, whatever its name says.
 *
 * @param onBytesRead told how many bytes of the file itself, packed or not, have been read
 */
export async function* openBytes(path: string, onBytesRead?: OnBytesRead): AsyncGenerator<Uint8Array> {
  const packed = await isGzip(path);
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  // The iteration below throws what goes wrong, so there is nothing left to do once it is over.
  const chunks = packed ? pipeline(file, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : file;
  try {
    for await (const chunk of chunks) {
      onBytesRead?.(file.bytesRead);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw new ImportFileError(`${path} cannot be read: ${(cause as Error).message}`, { cause });
  } finally {
    file.destroy();
  }
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
