import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** How a tiny model is to be. */
export interface TinyTaste {
  readonly name?: string;
  readonly version?: string;
  readonly content?: { readonly name: string; readonly version: string; readonly dimension: number };
  readonly events?: number;
  readonly items?: readonly string[];
  /** What the query is multiplied by: -1 makes a model that likes the opposite. */
  readonly gain?: number;
  /** What the movie after the last one is worth that is known. */
  readonly neighbour?: number;
  /** Fails as soon as it meets a movie of items.txt. */
  readonly failing?: boolean;
  /** The domain of an operator that does not exist. */
  readonly domain?: string;
}

/** The files of a taste model whose query is the weighted sum of the content vectors, and whose neighbour is the last movie. */
export function tinyTasteModel(options: TinyTaste = {}) {
  const { name = "tiny", version = "1", items = [], events = 8 } = options;
  const content = options.content ?? { name: "encoder", version: "1", dimension: 4 };
  const files: Record<string, Uint8Array> = {
    "taste.onnx": tasteGraph(content.dimension, options),
    "item.onnx": itemGraph(content.dimension),
    "items.txt": new TextEncoder().encode(items.map((id) => `${id}\n`).join("")),
  };
  const manifest = {
    kind: "taste-encoder",
    name,
    version,
    contentModel: content,
    dimension: content.dimension,
    maxEvents: events,
    licence: "Apache-2.0",
    metrics: { "ndcg@10": 0.5 },
    files: Object.fromEntries(Object.entries(files).map(([file, bytes]) => [file, describe(bytes)])),
  };
  return { manifest, files };
}

/** Writes a tiny model into a folder. */
export async function writeTinyTasteModel(folder: string, options: TinyTaste = {}): Promise<void> {
  const { manifest, files } = tinyTasteModel(options);
  await mkdir(folder, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) await writeFile(join(folder, file), bytes);
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest, undefined, 2));
}

function describe(bytes: Uint8Array) {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length };
}

type Write = (writer: BinaryWriter) => unknown;
type Shape = readonly (number | string)[];
const FLOAT = 1;
const INT64 = 7;

function tasteGraph(
  dimension: number,
  { gain = 1, neighbour = 0, failing = false, domain = "" }: TinyTaste,
): Uint8Array {
  const nodes = [
    node("Unsqueeze", ["weights", "last"], ["column"]),
    node("Mul", ["vectors", "column"], ["weighted"]),
    node("ReduceSum", ["weighted", "middle"], ["sum"], [number("keepdims", 0)]),
    node("Mul", ["sum", "gain"], ["scaled"]),
    // Beyond the one element of what it looks into as soon as an item is not 0.
    ...(failing
      ? [
          node("Gather", ["gain", "items"], ["nothing"]),
          node("ReduceMax", ["nothing"], ["most"], [number("keepdims", 0)]),
        ]
      : []),
    failing ? node("Mul", ["scaled", "most"], ["query"]) : node("Identity", ["scaled"], ["query"]),
    node("Gather", ["items", "last"], ["neighbours"], [number("axis", 1)], domain),
    node("Gather", ["weights", "last"], ["recent"], [number("axis", 1)]),
    node("Mul", ["recent", "neighbour"], ["neighbour_scores"]),
  ];
  return model([
    ...nodes.map((write) => field(1, write)),
    field(5, ints("last", [-1])),
    field(5, ints("middle", [1])),
    field(5, floats("gain", [gain])),
    field(5, floats("neighbour", [neighbour])),
    field(11, value("vectors", FLOAT, ["batch", "events", dimension])),
    field(11, value("items", INT64, ["batch", "events"])),
    field(11, value("weights", FLOAT, ["batch", "events"])),
    field(11, value("ages", FLOAT, ["batch", "events"])),
    field(12, value("query", FLOAT, ["batch", dimension])),
    field(12, value("neighbours", INT64, ["batch", 1])),
    field(12, value("neighbour_scores", FLOAT, ["batch", 1])),
  ]);
}

function itemGraph(dimension: number): Uint8Array {
  return model([
    field(1, node("Identity", ["vectors"], ["behavioural"])),
    field(11, value("vectors", FLOAT, ["movies", dimension])),
    field(11, value("items", INT64, ["movies"])),
    field(12, value("behavioural", FLOAT, ["movies", dimension])),
  ]);
}

function model(graph: Write[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(8);
  const named: Write = (inner) => inner.tag(2, WireType.LengthDelimited).string("tiny");
  all([named, ...graph], writer, 7);
  all([(inner) => inner.tag(2, WireType.Varint).int64(17)], writer, 8);
  return writer.finish();
}

/** A message of these fields as one field of another. */
function all(fields: Write[], writer: BinaryWriter, at: number): void {
  const inner = new BinaryWriter();
  for (const write of fields) write(inner);
  writer.tag(at, WireType.LengthDelimited).bytes(inner.finish());
}

const field =
  (at: number, write: Write): Write =>
  (writer) =>
    all([write], writer, at);

function node(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Write[] = [],
  domain = "",
): Write {
  return (writer) => {
    for (const input of inputs) writer.tag(1, WireType.LengthDelimited).string(input);
    for (const output of outputs) writer.tag(2, WireType.LengthDelimited).string(output);
    writer.tag(4, WireType.LengthDelimited).string(operator);
    for (const attribute of attributes) all([attribute], writer, 5);
    if (domain !== "") writer.tag(7, WireType.LengthDelimited).string(domain);
  };
}

/** An integer attribute. */
function number(name: string, is: number): Write {
  return (writer) => {
    writer.tag(1, WireType.LengthDelimited).string(name);
    writer.tag(3, WireType.Varint).int64(is);
    writer.tag(20, WireType.Varint).int32(2);
  };
}

function ints(name: string, values: readonly number[]): Write {
  return tensor(name, INT64, [values.length], (writer) => {
    for (const one of values) writer.tag(7, WireType.Varint).int64(one);
  });
}

function floats(name: string, values: readonly number[]): Write {
  return tensor(name, FLOAT, [values.length], (writer) => {
    for (const one of values) writer.tag(4, WireType.Bit32).float(one);
  });
}

function tensor(name: string, type: number, shape: readonly number[], values: Write): Write {
  return (writer) => {
    for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
    writer.tag(2, WireType.Varint).int32(type);
    values(writer);
    writer.tag(8, WireType.LengthDelimited).string(name);
  };
}

function value(name: string, type: number, shape: Shape): Write {
  return (writer) => {
    writer.tag(1, WireType.LengthDelimited).string(name);
    const dims = new BinaryWriter();
    for (const size of shape) {
      const dim = new BinaryWriter();
      if (typeof size === "number") dim.tag(1, WireType.Varint).int64(size);
      else dim.tag(2, WireType.LengthDelimited).string(size);
      dims.tag(1, WireType.LengthDelimited).bytes(dim.finish());
    }
    const tensorType = new BinaryWriter().tag(1, WireType.Varint).int32(type);
    tensorType.tag(2, WireType.LengthDelimited).bytes(dims.finish());
    const typeProto = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(tensorType.finish());
    writer.tag(2, WireType.LengthDelimited).bytes(typeProto.finish());
  };
}
