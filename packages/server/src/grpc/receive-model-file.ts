import type { UploadModelFileRequest } from "@cinedeepmatch/contract";
import { fieldInvalid } from "../matching/service-error.js";
import type { ModelFiles } from "../registry/model-files.js";

/** Keeps a file as it comes: a header, then its bytes. Of a file that is there already the bytes are not read. */
export async function receiveModelFile(
  files: ModelFiles,
  tenant: string,
  requests: AsyncIterable<UploadModelFileRequest>,
): Promise<{ sha256: string }> {
  const iterator = requests[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    const request = first.done ? undefined : first.value.request;
    if (request?.case !== "header") throw fieldInvalid("header", "must come first");
    const { sha256, sizeBytes } = request.value;
    if (await files.has(tenant, sha256)) return { sha256 };
    await files.write(tenant, { sha256, bytes: Number(sizeBytes) }, chunksOf(iterator));
    return { sha256 };
  } finally {
    await iterator.return?.();
  }
}

async function* chunksOf(iterator: AsyncIterator<UploadModelFileRequest>): AsyncGenerator<Uint8Array> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    const { request } = next.value;
    if (request.case !== "chunk") throw fieldInvalid("header", "must come once");
    yield request.value;
  }
}
