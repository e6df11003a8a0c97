import { createHash } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type Model, ModelSchema } from "@cinedeepmatch/contract";
import { activate } from "../registry/deployment.js";
import type { FileName, ModelFiles } from "../registry/model-files.js";
import type { ModelStore } from "../registry/model-store.js";

/** The contents of a model's file in each of two tenants; one is larger than a piece of a stream, and of every byte. */
export const WEIGHTS = {
  default: Buffer.alloc(
    700_000,
    Uint8Array.from({ length: 256 }, (_, at) => at),
  ),
  other: Buffer.from("small"),
};

/** How the models came to be. */
export const MADE = {
  model: { name: "taste", version: "1" },
  share: 0,
  subject: "ada",
  reason: "",
  at: 1_700_000_000_000,
} as const;

export const fileOf = (content: Uint8Array): FileName => ({
  sha256: createHash("sha256").update(content).digest("hex"),
  bytes: content.length,
});

export const sampleModel = ({ sha256, bytes }: FileName): Model =>
  create(ModelSchema, { ...MADE.model, files: [{ name: "taste.onnx", sha256, sizeBytes: BigInt(bytes) }] });

/** Registers and activates a model in each tenant. */
export async function fillModels(models: ModelStore, modelFiles: ModelFiles): Promise<void> {
  for (const [tenant, content] of Object.entries(WEIGHTS)) {
    const file = fileOf(content);
    await modelFiles.write(tenant, file, pieces(content));
    await models.register(tenant, sampleModel(file), { ...MADE, action: "register" });
    await models.change(tenant, (current) => activate(current, MADE.model, MADE));
  }
}

async function* pieces(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

/** The text of a backup with another content of a model in it, and digests of rows that are right. */
export function withOtherWeights(text: string): string {
  const begin = text.indexOf("\n", text.indexOf('["part",{"kind":"file"')) + 1;
  const end = text.indexOf('["end"', begin);
  const rows = '{"bytes":"AAAA"}\n';
  const sha256 = createHash("sha256").update(rows).digest("hex");
  const after = text.slice(text.indexOf("\n", end));
  return `${text.slice(0, begin)}${rows}["end",{"rows":1,"sha256":"${sha256}"}]${after}`;
}
