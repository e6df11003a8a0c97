import type { Model } from "@cinedeepmatch/contract";

/** A model as its `manifest.json` says it. */
export function manifestOf(model: Model) {
  const { name, version, contentModel, dimension, maxEvents, license, metrics, files } = model;
  return {
    kind: "taste-encoder" as const,
    name,
    version,
    contentModel: {
      name: contentModel?.name ?? "",
      version: contentModel?.version ?? "",
      dimension: contentModel?.dimension ?? 0,
    },
    dimension,
    maxEvents,
    licence: license,
    metrics,
    files: Object.fromEntries(
      files.map(({ name: file, sha256, sizeBytes }) => [file, { sha256, bytes: Number(sizeBytes) }]),
    ),
  };
}
