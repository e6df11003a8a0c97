import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Graph } from "./graph.js";
import type { Attribute, Constant, ElementType, Node, Value } from "./value.js";

const IR_VERSION = 10;
const OPSET = 20;
/** onnx.proto, TensorProto.DataType. */
const DATA_TYPES: Readonly<Record<ElementType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };
/** onnx.proto, AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, ints: 7 };

type Write = (writer: BinaryWriter) => void;

/** Writes a graph as an ONNX file: standard operators only, all numbers inside. */
export function encodeModel(graph: Graph, name: string): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  writer.tag(2, WireType.LengthDelimited).string("cinedeepmatch");
  message(writer, 7, (body) => writeGraph(body, graph, name));
  message(writer, 8, (body) => {
    text(body, 1, "");
    body.tag(2, WireType.Varint).int64(OPSET);
  });
  return writer.finish();
}

function writeGraph(writer: BinaryWriter, graph: Graph, name: string): void {
  for (const [index, node] of graph.nodes.entries()) message(writer, 1, (body) => writeNode(body, node, index));
  text(writer, 2, name);
  const used = new Set(graph.nodes.flatMap(({ inputs }) => inputs.map((input) => input.name)));
  for (const constant of graph.constants.values()) {
    if (used.has(constant.value.name)) message(writer, 5, (body) => writeTensor(body, constant));
  }
  for (const input of graph.inputs) message(writer, 11, (body) => writeValue(body, input));
  for (const output of graph.outputs) message(writer, 12, (body) => writeValue(body, output));
}

function writeNode(writer: BinaryWriter, { operator, inputs, outputs, attributes }: Node, index: number): void {
  for (const input of inputs) text(writer, 1, input.name);
  for (const output of outputs) text(writer, 2, output.name);
  text(writer, 3, `n${index}`);
  text(writer, 4, operator);
  for (const [name, attribute] of Object.entries(attributes)) {
    message(writer, 5, (body) => writeAttribute(body, name, attribute));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, attribute: Attribute): void {
  text(writer, 1, name);
  if (typeof attribute === "number") {
    writer.tag(3, WireType.Varint).int64(attribute);
    writer.tag(20, WireType.Varint).int32(ATTRIBUTE.int);
  } else if ("float" in attribute) {
    writer.tag(2, WireType.Bit32).float(attribute.float);
    writer.tag(20, WireType.Varint).int32(ATTRIBUTE.float);
  } else if ("word" in attribute) {
    text(writer, 4, attribute.word);
    writer.tag(20, WireType.Varint).int32(ATTRIBUTE.string);
  } else {
    for (const number of attribute) writer.tag(8, WireType.Varint).int64(number);
    writer.tag(20, WireType.Varint).int32(ATTRIBUTE.ints);
  }
}

function writeTensor(writer: BinaryWriter, { value, data }: Constant): void {
  for (const size of value.shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(DATA_TYPES[value.type]);
  text(writer, 8, value.name);
  writer.tag(9, WireType.LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(writer: BinaryWriter, { name, type, shape }: Value): void {
  text(writer, 1, name);
  const writeShape: Write = (body) => {
    for (const size of shape) {
      message(body, 1, (dimension) => {
        if (typeof size === "number") dimension.tag(1, WireType.Varint).int64(size);
        else text(dimension, 2, size);
      });
    }
  };
  message(writer, 2, (body) =>
    message(body, 1, (tensor) => {
      tensor.tag(1, WireType.Varint).int32(DATA_TYPES[type]);
      message(tensor, 2, writeShape);
    }),
  );
}

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}
