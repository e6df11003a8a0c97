import { BinaryReader, type WireType } from "@bufbuild/protobuf/wire";
import type { TensorSpec } from "./manifest.js";

/** What an ONNX file says of itself, read without running anything of it. */
export interface OnnxFacts {
  readonly inputs: Readonly<Record<string, OnnxTensor>>;
  readonly outputs: Readonly<Record<string, OnnxTensor>>;
  /** The operator sets that it needs: the domains of its imports and of its nodes; `""` is ONNX's own. */
  readonly domains: readonly string[];
  /** Names of tensors whose values are in another file, and of operators that read one. */
  readonly external: readonly string[];
  /** How many functions of its own it defines. */
  readonly functionCount: number;
}

/** A tensor that goes in or out; a word stands for a size known only at run time. */
export interface OnnxTensor {
  /** Of other types than these, ONNX's number. */
  readonly type: TensorSpec["type"] | `type ${number}`;
  /** Undefined when the file does not say. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** Graphs may hold graphs; no real model nests them deeper. */
const maxDepth = 16;
/** `TensorProto.DataLocation.EXTERNAL` */
const externalLocation = 1;
/** Reads a compiled model from a file that it names. */
const readingOperators = new Set(["EPContext"]);

/** @throws {RangeError} or another error when the bytes are no ONNX file. */
export function inspectOnnx(bytes: Uint8Array): OnnxFacts {
  const found: Found = { domains: new Set(), external: new Set(), functionCount: 0 };
  let graph: Signature | undefined;
  eachField(bytes, (field, reader) => {
    if (field === 7) graph = readGraph(reader.bytes(), found, 0);
    else if (field === 8) found.domains.add(readDomain(reader.bytes()));
    else if (field === 25) found.functionCount += reader.bytes().length > 0 ? 1 : 0;
    else return false;
    return true;
  });
  if (graph === undefined) throw new RangeError("the file has no graph");
  const { domains, external, functionCount } = found;
  return { ...graph, domains: [...domains].sort(), external: [...external].sort(), functionCount };
}

interface Found {
  readonly domains: Set<string>;
  readonly external: Set<string>;
  functionCount: number;
}

type Signature = Pick<OnnxFacts, "inputs" | "outputs">;

/** Calls `read` with each field; what it does not want (false) is skipped. */
function eachField(bytes: Uint8Array, read: (field: number, reader: BinaryReader) => boolean): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wire]: [number, WireType] = reader.tag();
    const at = reader.pos;
    if (read(field, reader)) continue;
    reader.pos = at;
    reader.skip(wire, field);
  }
}

function readGraph(bytes: Uint8Array, found: Found, depth: number): Signature {
  if (depth > maxDepth) throw new RangeError("graphs are nested too deep");
  const [inputs, outputs]: Record<string, OnnxTensor>[] = [{}, {}];
  const constants = new Set<string>();
  eachField(bytes, (field, reader) => {
    if (field === 1) readNode(reader.bytes(), found, depth);
    else if (field === 5) constants.add(readTensor(reader.bytes(), found));
    else if (field === 11) Object.assign(inputs as object, readValue(reader.bytes()));
    else if (field === 12) Object.assign(outputs as object, readValue(reader.bytes()));
    else if (field === 15) readSparse(reader.bytes(), found);
    else return false;
    return true;
  });
  // Before version 4 of the format, initialisers stood among the inputs as well.
  const given = Object.entries(inputs as Signature["inputs"]).filter(([name]) => !constants.has(name));
  return { inputs: Object.fromEntries(given), outputs: outputs as Signature["outputs"] };
}

function readNode(bytes: Uint8Array, found: Found, depth: number): void {
  eachField(bytes, (field, reader) => {
    if (field === 4) {
      const operator = reader.string();
      if (readingOperators.has(operator)) found.external.add(operator);
    } else if (field === 5) readAttribute(reader.bytes(), found, depth);
    else if (field === 7) found.domains.add(domainOf(reader.string()));
    else return false;
    return true;
  });
}

function readAttribute(bytes: Uint8Array, found: Found, depth: number): void {
  eachField(bytes, (field, reader) => {
    if (field === 5 || field === 10) readTensor(reader.bytes(), found);
    else if (field === 6 || field === 11) readGraph(reader.bytes(), found, depth + 1);
    else if (field === 22 || field === 23) readSparse(reader.bytes(), found);
    else return false;
    return true;
  });
}

function readSparse(bytes: Uint8Array, found: Found): void {
  eachField(bytes, (field, reader) => {
    if (field !== 1 && field !== 2) return false;
    readTensor(reader.bytes(), found);
    return true;
  });
}

/** The tensor's name. */
function readTensor(bytes: Uint8Array, found: Found): string {
  let name = "";
  let external = false;
  eachField(bytes, (field, reader) => {
    if (field === 8) name = reader.string();
    else if (field === 13) external = reader.bytes().length >= 0;
    else if (field === 14) external ||= reader.int32() === externalLocation;
    else return false;
    return true;
  });
  if (external) found.external.add(name);
  return name;
}

function readDomain(bytes: Uint8Array): string {
  let domain = "";
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    domain = domainOf(reader.string());
    return true;
  });
  return domain;
}

const domainOf = (name: string) => (name === "ai.onnx" ? "" : name);

const types: Readonly<Record<number, TensorSpec["type"]>> = { 1: "float32", 7: "int64" };

function readValue(bytes: Uint8Array): Record<string, OnnxTensor> {
  let name = "";
  let tensor: OnnxTensor = { type: "type 0", shape: undefined };
  eachField(bytes, (field, reader) => {
    if (field === 1) name = reader.string();
    else if (field === 2) tensor = readType(reader.bytes());
    else return false;
    return true;
  });
  return { [name]: tensor };
}

function readType(bytes: Uint8Array): OnnxTensor {
  let type: OnnxTensor["type"] = "type 0";
  let shape: (number | string)[] | undefined;
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    eachField(reader.bytes(), (inner, tensor) => {
      if (inner === 1) type = typeOf(tensor.int32());
      else if (inner === 2) shape = readShape(tensor.bytes());
      else return false;
      return true;
    });
    return true;
  });
  return { type, shape };
}

const typeOf = (code: number): OnnxTensor["type"] => types[code] ?? `type ${code}`;

function readShape(bytes: Uint8Array): (number | string)[] {
  const shape: (number | string)[] = [];
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    let size: number | string = "?";
    eachField(reader.bytes(), (inner, dimension) => {
      if (inner === 1) size = Number(dimension.int64());
      else if (inner === 2) size = dimension.string();
      else return false;
      return true;
    });
    shape.push(size);
    return true;
  });
  return shape;
}
