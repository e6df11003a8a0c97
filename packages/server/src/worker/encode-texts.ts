import { ErrorReason } from "@cinedeepmatch/contract";
import type { WorkerService } from "@cinedeepmatch/contract/worker";
import type { Client } from "@connectrpc/connect";
import type { EncodeReply, EncodeWork } from "../matching/match-work.js";
import { ServiceError } from "../matching/service-error.js";
import type { Inference } from "../onnx/inference.js";

/** Encodes movies' texts and hands the vectors to the server, which stores them. */
export async function encodeTexts(
  work: EncodeWork,
  parts: { inference: Inference; client: Client<typeof WorkerService>; modelVersion: string; tenant: string },
  signal: AbortSignal,
): Promise<EncodeReply> {
  const { inference, client, modelVersion, tenant } = parts;
  if (work.modelVersion !== modelVersion) {
    throw new ServiceError(ErrorReason.MODEL_NOT_FOUND, "This worker runs another version of the model.");
  }
  const texts = work.texts.map(({ text }) => text);
  const encoded = await inference.encode(texts, { priority: "bulk", signal });
  const vectors = work.texts.map(({ movieId, textDigest }, index) => {
    const vector = encoded[index] as Float32Array<ArrayBuffer>;
    return { movieId, textDigest, vector: new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength) };
  });
  const { storedCount } = await client.storeVectors({ modelVersion, tenant, vectors }, { signal });
  return { kind: "encode", storedCount };
}
