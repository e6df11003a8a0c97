import { loadManifest } from "@cinedeepmatch/models";
import type { ThreadSetup } from "./inference-protocol.js";

/**
 * Reads and verifies the shipped models.
 *
 * @throws {ModelFileError} when a file is not the shipped one.
 */
export async function readThreadSetup(encoderThreads: number): Promise<ThreadSetup> {
  const [encoder, quick, scan] = await Promise.all([
    loadManifest("movie-minilm-l6-int8"),
    loadManifest("movie-words-int8"),
    loadManifest("scan"),
  ]);
  const { dimension, maxTokens } = encoder.manifest;
  if (dimension === undefined || maxTokens === undefined) throw new Error("the encoder's manifest gives no sizes");
  const text = async (file: string) => new TextDecoder().decode(await encoder.read(file));
  return {
    encoder: await encoder.read(encoder.manifest.model),
    quickEncoder: await quick.read(quick.manifest.model),
    tokenizer: await text("tokenizer.json"),
    tokenizerConfig: await text("tokenizer_config.json"),
    scan: await scan.read(scan.manifest.model),
    maxTokens,
    dimension,
    encoderThreads,
  };
}
