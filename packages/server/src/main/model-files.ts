import { ModelKind, ModelState } from "@cinedeepmatch/contract";
import { type LoadedModel, loadManifest, modelNames } from "@cinedeepmatch/models";
import type { PublicModel } from "../grpc/model-service.js";

/** The text encoder that this version of the server matches with. */
export const TEXT_ENCODER = "movie-minilm-l6-int8";

const KINDS = {
  "text-encoder": ModelKind.TEXT_ENCODER,
  "quick-text-encoder": ModelKind.TEXT_ENCODER,
  "top-k-scan": ModelKind.SCANNER,
} as const;

/** The shipped models: as the API lists them, and their files by digest. */
export async function loadShippedModels(): Promise<{
  encoder: { name: string; version: string; dimension: number };
  models: PublicModel[];
  modelFile: (sha256: string) => string | undefined;
}> {
  const loaded = await Promise.all(modelNames.map((name) => loadManifest(name)));
  const paths = new Map<string, string>();
  for (const model of loaded) {
    for (const [name, { sha256 }] of Object.entries(model.manifest.files)) paths.set(sha256, model.path(name));
  }
  const isEncoder = ({ manifest }: LoadedModel) => manifest.name === TEXT_ENCODER;
  const encoder = loaded.find(isEncoder)?.manifest;
  if (encoder === undefined) throw new Error(`The model ${TEXT_ENCODER} is not among the shipped ones.`);
  return {
    encoder: { name: encoder.name, version: encoder.version, dimension: encoder.dimension ?? 0 },
    models: loaded.sort((a, b) => Number(isEncoder(b)) - Number(isEncoder(a))).map(toPublic),
    modelFile: (sha256) => paths.get(sha256),
  };
}

function toPublic({ manifest }: LoadedModel): PublicModel {
  return {
    name: manifest.name,
    version: manifest.version,
    kind: KINDS[manifest.kind],
    state: ModelState.ACTIVE,
    files: Object.entries(manifest.files).map(([name, { sha256, bytes }]) => ({
      name,
      sha256,
      sizeBytes: BigInt(bytes),
    })),
    dimension: manifest.dimension ?? 0,
    license: manifest.licence,
  };
}
