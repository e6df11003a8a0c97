import { type Model, ModelKind, ModelService } from "@cinedeepmatch/contract";
import type { ModelFolder } from "@cinedeepmatch/models";
import type { NodeClient } from "@cinedeepmatch/sdk-node";

const CHUNK_BYTES = 256 * 1024;
/** Slow lines have this long for one file. */
const UPLOAD_MS = 30 * 60_000;

/** What goes with a model besides its folder. */
export interface ModelNotes {
  readonly labels: Readonly<Record<string, string>>;
}

/** Uploads the files of a model, which have been proven, and registers it. */
export async function sendModel(
  client: NodeClient,
  { manifest, files }: ModelFolder,
  { labels }: ModelNotes,
  onSent: (file: string) => void = () => {},
): Promise<Model> {
  const upload = client.rpc(ModelService).uploadModelFile;
  for (const [name, bytes] of files) {
    const { sha256 } = manifest.files[name] ?? { sha256: "" };
    await upload(requestsOf(sha256, bytes), { timeoutMs: UPLOAD_MS });
    onSent(name);
  }
  const card = files.get("MODEL_CARD.md");
  return client.models.register({
    model: {
      name: manifest.name,
      version: manifest.version,
      kind: ModelKind.TASTE_ENCODER,
      files: Object.entries(manifest.files).map(([name, { sha256, bytes }]) => ({
        name,
        sha256,
        sizeBytes: BigInt(bytes),
      })),
      dimension: manifest.dimension,
      license: manifest.licence,
      contentModel: manifest.contentModel,
      maxEvents: manifest.maxEvents,
      metrics: numbersOf(manifest.metrics),
      labels: { ...labels },
      card: card === undefined ? "" : new TextDecoder().decode(card).slice(0, 32_000),
    },
  });
}

const MOST_METRICS = 100;

/** The numbers of a manifest by their paths, such as `validation.model.ndcg`. */
function numbersOf(metrics: Readonly<Record<string, unknown>>): Record<string, number> {
  const found: [string, number][] = [];
  const visit = (value: unknown, path: string) => {
    if (typeof value === "number" && Number.isFinite(value)) found.push([path, value]);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [name, inner] of Object.entries(value)) visit(inner, path === "" ? name : `${path}.${name}`);
  };
  visit(metrics, "");
  return Object.fromEntries(found.slice(0, MOST_METRICS));
}

async function* requestsOf(sha256: string, bytes: Uint8Array) {
  yield { request: { case: "header" as const, value: { sha256, sizeBytes: BigInt(bytes.length) } } };
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const value = bytes.slice(at, at + CHUNK_BYTES);
    yield { request: { case: "chunk" as const, value } };
  }
}
