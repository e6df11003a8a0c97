import { type Model, ModelKind } from "@cinedeepmatch/contract";
import { checkTasteManifest, checkTasteModel, type TasteManifest, tasteFiles } from "@cinedeepmatch/models";
import { manifestOf } from "../matching/manifest-of.js";
import type { FieldViolation } from "../matching/service-error.js";

/** The text encoder that taste models must be made for. */
export interface ContentModelFacts {
  readonly name: string;
  readonly version: string;
  readonly dimension: number;
}

/** Everything that is wrong with a model that is to be registered, its files included. */
export async function checkModel(
  model: Model,
  parts: { contentModel: ContentModelFacts; read: (sha256: string) => Promise<Uint8Array> },
): Promise<FieldViolation[]> {
  if (model.kind !== ModelKind.TASTE_ENCODER) {
    return [{ field: "model.kind", description: "kind: only taste encoders can be registered" }];
  }
  const manifest = manifestOf(model);
  const problems = checkTasteManifest(manifest);
  if (problems.length === 0) problems.push(...checkContent(manifest, parts.contentModel));
  if (problems.length === 0) problems.push(...(await checkFiles(manifest, parts.read)));
  return problems.map((description) => ({ field: "model", description }));
}

function checkContent({ contentModel: its }: TasteManifest, ours: ContentModelFacts): string[] {
  if (its.name === ours.name && its.version === ours.version && its.dimension === ours.dimension) return [];
  const [wanted, found] = [ours, its].map(({ name, version, dimension }) => `${name}@${version} (${dimension})`);
  return [`contentModel: is ${found}, and this server's vectors are of ${wanted}`];
}

async function checkFiles(manifest: TasteManifest, read: (sha256: string) => Promise<Uint8Array>): Promise<string[]> {
  const problems: string[] = [];
  const contents = new Map<string, Uint8Array>();
  for (const [name, { sha256, bytes }] of Object.entries(manifest.files)) {
    const content = await read(sha256).catch(() => undefined);
    if (content === undefined) problems.push(`files: "${name}" has not been uploaded`);
    else if (content.length !== bytes) problems.push(`files: "${name}" has ${content.length} bytes and not ${bytes}`);
    else contents.set(name, content);
  }
  const [taste, item, items] = [tasteFiles.taste, tasteFiles.item, tasteFiles.items].map((name) => contents.get(name));
  if (problems.length > 0 || !taste || !item || !items) return problems;
  return checkTasteModel(manifest, { taste, item, items });
}
