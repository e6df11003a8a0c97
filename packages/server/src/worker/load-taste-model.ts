import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Model, ModelFile } from "@cinedeepmatch/contract";
import type { WorkerService } from "@cinedeepmatch/contract/worker";
import { checkTasteManifest, checkTasteModel, maxFileBytes, readItems, tasteFiles } from "@cinedeepmatch/models";
import { type Client, Code, ConnectError } from "@connectrpc/connect";
import { manifestOf } from "../matching/manifest-of.js";
import { startTasteSession } from "../onnx/taste-session.js";
import type { CatalogReplica } from "./catalog-replica.js";
import { TasteModel } from "./taste-model.js";

const MOST_ATTEMPTS = 8;

/** What loading needs. */
export interface LoadingParts {
  readonly client: Pick<Client<typeof WorkerService>, "getModelFile">;
  readonly tenant: string;
  readonly replica: CatalogReplica;
  readonly signal: AbortSignal;
}

/**
 * Fetches a model's files, proves them, tries the model out and computes the rows of all movies. The server has looked
 * at the model already; a worker does not rely on it. Rejects with an Error that says what is wrong.
 */
export async function loadTasteModel(model: Model, parts: LoadingParts): Promise<TasteModel> {
  const manifest = manifestOf(model);
  const [taste, item, items] = await Promise.all(
    [tasteFiles.taste, tasteFiles.item, tasteFiles.items].map((name) => {
      const file = model.files.find((candidate) => candidate.name === name);
      if (file === undefined) throw new Error(`it has no ${name}`);
      return fetchPatiently(file, parts);
    }),
  );
  if (!taste || !item || !items) throw new Error("its files are not complete");
  const problems = checkTasteManifest(manifest);
  if (problems.length === 0) problems.push(...checkTasteModel(manifest, { taste, item, items }));
  const content = manifest.contentModel.dimension;
  if (content !== parts.replica.matrix.dimension) problems.push("it reads vectors of another length");
  if (problems.length > 0) throw new Error(problems.join("; "));
  const sizes = { content, dimension: manifest.dimension, events: manifest.maxEvents };
  const session = await startTasteSession({ taste, item, sizes });
  try {
    const { name, version } = model;
    return await TasteModel.load({ ref: { name, version }, session, items: readItems(items), replica: parts.replica });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** That the server is away for a moment is not the model's fault. */
async function fetchPatiently(file: ModelFile, parts: LoadingParts): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetchFile(file, parts);
    } catch (error) {
      const passing = error instanceof ConnectError && error.code === Code.Unavailable;
      if (!passing || attempt === MOST_ATTEMPTS) throw error;
      await sleep(2 ** attempt * 100, undefined, { signal: parts.signal });
    }
  }
}

async function fetchFile({ name, sha256, sizeBytes }: ModelFile, parts: LoadingParts): Promise<Uint8Array> {
  const { client, tenant, signal } = parts;
  if (sizeBytes > maxFileBytes) throw new Error(`${name} is too large`);
  const bytes = new Uint8Array(Number(sizeBytes));
  let length = 0;
  for await (const { chunk } of client.getModelFile({ sha256, tenant }, { signal })) {
    if (length + chunk.length > bytes.length) throw new Error(`${name} is longer than it should be`);
    bytes.set(chunk, length);
    length += chunk.length;
  }
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (length !== bytes.length || digest !== sha256) throw new Error(`${name} is not what was registered`);
  return bytes;
}
