import type { ModelFile } from "./manifest.js";

/** What `manifest.json` says of a taste model. docs/guides/models.md is the contract in full. */
export interface TasteManifest {
  readonly kind: "taste-encoder";
  readonly name: string;
  readonly version: string;
  /** The text encoder whose vectors it reads, and their length. */
  readonly contentModel: { readonly name: string; readonly version: string; readonly dimension: number };
  /** Length of a query and of a behavioural vector. */
  readonly dimension: number;
  /** How many of the latest events it reads at most. */
  readonly maxEvents: number;
  /** An SPDX expression. */
  readonly licence: string;
  /** What was measured of it: numbers by name, grouped as one likes. */
  readonly metrics: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, ModelFile>>;
}

/** The files that every taste model has. Others may be with them, such as a model card. */
export const tasteFiles = { taste: "taste.onnx", item: "item.onnx", items: "items.txt" } as const;

const namePattern = /^[a-z0-9][a-z0-9._-]{0,99}$/;
const versionPattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}$/;
const filePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const digestPattern = /^[0-9a-f]{64}$/;
const mostBytes = 256 * 1024 * 1024;

/**
 * Everything that is wrong with a manifest, as sentences that say where; empty when it is a {@link TasteManifest}.
 *
 * @param manifest what `manifest.json` holds
 */
export function checkTasteManifest(manifest: unknown): string[] {
  if (!isRecord(manifest)) return ["manifest.json: must be an object"];
  const { kind, name, version, contentModel, dimension, maxEvents, licence, metrics, files } = manifest;
  const content = isRecord(contentModel) ? contentModel : {};
  const rules: [boolean, string][] = [
    [kind === "taste-encoder", 'kind: must be "taste-encoder"'],
    [matches(name, namePattern), "name: must be lower-case letters, digits, dots, dashes and underscores"],
    [matches(version, versionPattern), "version: must be letters, digits, dots, dashes and underscores"],
    [typeof content.name === "string", "contentModel.name: must be the text encoder's name"],
    [typeof content.version === "string", "contentModel.version: must be the text encoder's version"],
    [isSize(content.dimension, 4096), "contentModel.dimension: must be the length of its vectors"],
    [isSize(dimension, 4096), "dimension: must be a whole number from 1 to 4096"],
    [isSize(maxEvents, 1000), "maxEvents: must be a whole number from 1 to 1000"],
    [typeof licence === "string" && licence !== "", "licence: must be an SPDX expression"],
    [metrics === undefined || isRecord(metrics), "metrics: must be an object"],
  ];
  const broken = rules.flatMap(([holds, rule]) => (holds ? [] : [rule]));
  return [...broken, ...checkFiles(files)];
}

function checkFiles(files: unknown): string[] {
  if (!isRecord(files)) return ["files: must be an object of file names"];
  const missing = Object.values(tasteFiles).filter((file) => !Object.hasOwn(files, file));
  const broken = Object.entries(files).flatMap(([file, entry]) => {
    const { sha256, bytes } = isRecord(entry) ? entry : {};
    if (!filePattern.test(file)) return [`files: "${file}" is no plain file name`];
    if (!matches(sha256, digestPattern)) return [`files["${file}"].sha256: must be 64 lower-case hexadecimal digits`];
    const rightSize = Number.isSafeInteger(bytes) && (bytes as number) >= 0 && (bytes as number) <= mostBytes;
    return rightSize ? [] : [`files["${file}"].bytes: must be a number of bytes, at most ${mostBytes}`];
  });
  const tooMany = Object.keys(files).length > 16 ? ["files: must be at most 16"] : [];
  return [...missing.map((file) => `files: "${file}" is missing`), ...broken, ...tooMany];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function isSize(value: unknown, most: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most;
}
