import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ModelFileError } from "./model-file-error.js";
import { maxFileBytes, readVerified } from "./read-verified.js";
import { checkTasteManifest, type TasteManifest } from "./taste-manifest.js";

/** A model's folder, with every file proven to be what its manifest says. */
export interface ModelFolder {
  readonly manifest: TasteManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const mostManifestBytes = 1024 * 1024;

/**
 * Reads the folder of a model of somebody's own. What is refused is told all at once, as sentences: links of either
 * kind, because what they lead to may change after it was looked at; files that are too large or not what the manifest
 * says; files that the manifest does not name.
 */
export async function readModelFolder(folder: string): Promise<ModelFolder | { readonly problems: readonly string[] }> {
  const manifest = await readManifest(join(folder, "manifest.json"));
  if ("problems" in manifest) return manifest;
  const problems: string[] = [];
  const files = new Map<string, Uint8Array>();
  for (const [name, expected] of Object.entries(manifest.files)) {
    const path = join(folder, name);
    const problem = await refuseUnplain(path, name);
    if (problem !== undefined) problems.push(problem);
    else {
      const bytes = await readVerified(path, expected).catch((error: unknown) => describe(error, name));
      if (typeof bytes === "string") problems.push(bytes);
      else files.set(name, bytes);
    }
  }
  const known = new Set([...Object.keys(manifest.files), "manifest.json"]);
  for (const name of await readdir(folder)) {
    if (!known.has(name)) problems.push(`${name}: is not in the manifest; name it there or take it away`);
  }
  return problems.length > 0 ? { problems } : { manifest, files };
}

async function readManifest(path: string): Promise<TasteManifest | { readonly problems: readonly string[] }> {
  const unplain = await refuseUnplain(path, "manifest.json", mostManifestBytes);
  if (unplain !== undefined) return { problems: [unplain] };
  let manifest: unknown;
  try {
    manifest = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    return { problems: [`manifest.json: is no JSON (${(error as Error).message})`] };
  }
  const problems = checkTasteManifest(manifest);
  if (problems.length > 0) return { problems };
  const { metrics = {}, ...rest } = manifest as Omit<TasteManifest, "metrics"> & Partial<TasteManifest>;
  return { ...rest, metrics };
}

async function refuseUnplain(path: string, name: string, most: number = maxFileBytes): Promise<string | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return `${name}: is missing`;
  if (found.isSymbolicLink()) return `${name}: is a symbolic link; put the file itself there`;
  if (!found.isFile()) return `${name}: is no file`;
  if (found.nlink > 1) return `${name}: is a hard link; put a copy there`;
  return found.size > most ? `${name}: has ${found.size} bytes; at most ${most} are read` : undefined;
}

function describe(error: unknown, name: string): string {
  if (!(error instanceof ModelFileError)) throw error;
  const faults: Partial<Record<ModelFileError["fault"], string>> = {
    "wrong-size": "has not the size that the manifest says",
    "wrong-hash": "has not the SHA-256 that the manifest says",
  };
  return `${name}: ${faults[error.fault] ?? `is refused (${error.fault})`}`;
}
