import { inspectOnnx, type OnnxFacts, type OnnxTensor } from "./inspect-onnx.js";
import { type TasteManifest, tasteFiles } from "./taste-manifest.js";

/** The bytes of the files of a taste model that are looked into. */
export interface TasteModelFiles {
  readonly taste: Uint8Array;
  readonly item: Uint8Array;
  readonly items: Uint8Array;
}

/** ONNX's own operators, and those that ONNX Runtime brings for quantised models. */
const allowedDomains = new Set(["", "com.microsoft"]);
const mostItems = 2_000_000;
const longestId = 128;
/** Length of what item.onnx may ask for as `facts`. */
export const factsLength = 96;

type Shape = readonly (number | string)[];
interface Expected {
  readonly type: OnnxTensor["type"];
  /** A number must be that number where the file says one at all; a word may be any size. */
  readonly shape: Shape;
}
type Signature = Readonly<Record<string, Expected>>;

/**
 * Everything that is wrong with the files of a taste model, as sentences that say where; empty when they keep the
 * contract of docs/guides/models.md as far as can be seen without running them.
 */
export function checkTasteModel(manifest: TasteManifest, files: TasteModelFiles): string[] {
  const { dimension, maxEvents, contentModel } = manifest;
  const content = contentModel.dimension;
  return [
    ...checkGraph(tasteFiles.taste, files.taste, {
      inputs: {
        vectors: { type: "float32", shape: ["batch", "events", content] },
        items: { type: "int64", shape: ["batch", "events"] },
        weights: { type: "float32", shape: ["batch", "events"] },
        ages: { type: "float32", shape: ["batch", "events"] },
      },
      outputs: {
        query: { type: "float32", shape: ["batch", dimension] },
        neighbours: { type: "int64", shape: ["batch", "k"] },
        neighbour_scores: { type: "float32", shape: ["batch", "k"] },
      },
      sizes: { events: maxEvents },
    }),
    ...checkGraph(tasteFiles.item, files.item, {
      inputs: {
        vectors: { type: "float32", shape: ["movies", content] },
        items: { type: "int64", shape: ["movies"] },
      },
      optional: { facts: { type: "float32", shape: ["movies", factsLength] } },
      outputs: { behavioural: { type: "float32", shape: ["movies", dimension] } },
      sizes: {},
    }),
    ...checkItems(files.items),
  ];
}

function checkGraph(
  file: string,
  bytes: Uint8Array,
  expected: { inputs: Signature; optional?: Signature; outputs: Signature; sizes: Readonly<Record<string, number>> },
): string[] {
  let facts: OnnxFacts;
  try {
    facts = inspectOnnx(bytes);
  } catch (error) {
    return [`${file}: is no ONNX file (${(error as Error).message})`];
  }
  const optional = Object.entries(expected.optional ?? {});
  const asked = Object.fromEntries(optional.filter(([name]) => Object.hasOwn(facts.inputs, name)));
  const foreign = facts.domains.filter((domain) => !allowedDomains.has(domain));
  return [
    ...facts.external.map((name) => `${file}: "${name}" is in another file; save the model with its weights inside`),
    ...foreign.map((domain) => `${file}: uses operators of "${domain}"; only ONNX's own may be used`),
    ...(facts.functionCount > 0 ? [`${file}: defines functions of its own; inline them`] : []),
    ...checkTensors(`${file}: input`, facts.inputs, { ...expected.inputs, ...asked }, expected.sizes),
    ...checkTensors(`${file}: output`, facts.outputs, expected.outputs, expected.sizes),
  ];
}

function checkTensors(
  what: string,
  found: Readonly<Record<string, OnnxTensor>>,
  expected: Signature,
  sizes: Readonly<Record<string, number>>,
): string[] {
  const unknown = Object.keys(found).filter((name) => !Object.hasOwn(expected, name));
  const broken = Object.entries(expected).flatMap(([name, { type, shape }]) => {
    const tensor = Object.hasOwn(found, name) ? found[name] : undefined;
    const wanted = `${type}[${shape.join(", ")}]`;
    if (tensor === undefined) return [`${what} "${name}" is missing; it must be ${wanted}`];
    const fits = tensor.type === type && (tensor.shape === undefined || fitsShape(tensor.shape, shape, sizes));
    return fits ? [] : [`${what} "${name}" is ${tensor.type}[${tensor.shape?.join(", ") ?? ""}]; it must be ${wanted}`];
  });
  return [...unknown.map((name) => `${what} "${name}" is not of the contract`), ...broken];
}

/** A fixed number in place of a word is refused, since any number may come; where a size is known it may be that one. */
function fitsShape(found: Shape, expected: Shape, sizes: Readonly<Record<string, number>>): boolean {
  if (found.length !== expected.length) return false;
  return expected.every((size, at) => {
    const is = found[at];
    if (typeof size === "number") return is === size || typeof is === "string";
    return typeof is === "string" || size === "k" || sizes[size] === is;
  });
}

/** @param bytes `items.txt`: the id of a movie a line. The first is the item 1. */
export function readItems(bytes: Uint8Array): string[] {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function checkItems(bytes: Uint8Array): string[] {
  let items: string[];
  try {
    items = readItems(bytes);
  } catch {
    return [`${tasteFiles.items}: is no UTF-8 text`];
  }
  const bad = items.findIndex((id) => id === "" || id.length > longestId || id.trim() !== id);
  return [
    ...(items.length > mostItems ? [`${tasteFiles.items}: must have at most ${mostItems} lines`] : []),
    ...(bad >= 0 ? [`${tasteFiles.items}: line ${bad + 1} is no id of a movie`] : []),
    ...(new Set(items).size < items.length ? [`${tasteFiles.items}: has an id twice`] : []),
  ];
}
