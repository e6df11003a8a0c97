import { createHash } from "node:crypto";
import type { LearnedManifest, LearnedModel, LearnReport } from "../learned-model.js";

/** What a folder is made of besides what the files themselves say. */
export interface ModelContents {
  readonly description: Omit<LearnedManifest, "kind" | "files" | "metrics">;
  readonly report: LearnReport;
  readonly taste: Uint8Array;
  readonly item: Uint8Array;
  readonly movieIds: readonly string[];
}

/** A model as it is written. */
export type ModelFilesOf = Omit<LearnedModel, "recount">;

/** Puts a model's folder together, in memory. */
export function modelFiles({ description, report, taste, item, movieIds }: ModelContents): ModelFilesOf {
  const contents = new Map([
    ["taste.onnx", taste],
    ["item.onnx", item],
    ["items.txt", new TextEncoder().encode(movieIds.map((id) => `${id}\n`).join(""))],
  ]);
  const files = Object.fromEntries(
    [...contents].map(([name, bytes]) => [
      name,
      { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length },
    ]),
  );
  const manifest: LearnedManifest = { kind: "taste-encoder", ...description, files, metrics: report };
  const json = new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`);
  return { manifest, report, files: new Map([...contents, ["manifest.json", json]]) };
}
