import { fileURLToPath } from "node:url";
import { allowedManifests } from "./allow-list.js";
import type { ModelManifest } from "./manifest.js";
import { ModelFileError } from "./model-file-error.js";
import { readVerified } from "./read-verified.js";

/** A model that this version ships. */
export type ModelName = keyof typeof allowedManifests;

/** Every model that this version ships. */
export const modelNames = Object.keys(allowedManifests) as ModelName[];

/** A model whose manifest has been proven; each file is proven when it is read. */
export interface LoadedModel {
  readonly manifest: ModelManifest;
  /** Absolute path of a file of the model. Not verified by itself: prefer `read`. Throws `ModelFileError` for an unlisted name. */
  path(file: string): string;
  /** The bytes of a file, size and SHA-256 verified. Rejects with `ModelFileError`. */
  read(file: string): Promise<Uint8Array>;
}

/** `src` and `dist` are siblings, so one relative address serves both. */
const shippedAssets = new URL("../assets/", import.meta.url);

/**
 * Loads the manifest of a shipped model and checks it against the allow-list in the code.
 *
 * @param assets - another folder of the same layout; its contents must be the shipped ones.
 * @throws {ModelFileError} when the name is not shipped or the file is not the shipped one.
 */
export async function loadManifest(name: ModelName, assets: URL = shippedAssets): Promise<LoadedModel> {
  if (!Object.hasOwn(allowedManifests, name)) throw new ModelFileError("unknown", name);
  const folder = new URL(`${name}/`, assets);
  const path = (file: string) => fileURLToPath(new URL(file, folder));
  const bytes = await readVerified(path("manifest.json"), { sha256: allowedManifests[name] });
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as ModelManifest;
  const listed = (file: string) => {
    const expected = Object.hasOwn(manifest.files, file) ? manifest.files[file] : undefined;
    if (expected === undefined) throw new ModelFileError("unknown", `${name}/${file}`);
    return expected;
  };
  return {
    manifest,
    path: (file) => {
      listed(file);
      return path(file);
    },
    read: async (file) => readVerified(path(file), listed(file)),
  };
}
