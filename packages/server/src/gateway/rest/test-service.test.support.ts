import {
  create,
  createFileRegistry,
  type DescMethod,
  fromJson,
  type JsonObject,
  type MessageInitShape,
  setExtension,
} from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";
import * as wkt from "@bufbuild/protobuf/wkt";
import { FileDescriptorSetSchema, MethodOptionsSchema } from "@bufbuild/protobuf/wkt";
import { HttpRuleSchema, http } from "@cinedeepmatch/contract/http";

const scalars = ["double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string"] as const;
const others = ["bytes", "uint32", "sfixed32", "sfixed64", "sint32", "sint64"] as const;
const wrappers = ["Bool", "Bytes", "Double", "Float", "Int32", "Int64", "String", "UInt32", "UInt64"] as const;

const typed = (name: string, typeName: string, number: number, more: JsonObject = {}): JsonObject => {
  const type = typeName === ".test.Color" ? "TYPE_ENUM" : "TYPE_MESSAGE";
  return { name, jsonName: protoCamelCase(name), number, label: "LABEL_OPTIONAL", type, typeName, ...more };
};
const scalar = (name: string, type: string, number: number, more: JsonObject = {}): JsonObject => ({
  name,
  jsonName: protoCamelCase(name),
  number,
  label: "LABEL_OPTIONAL",
  type: `TYPE_${type.toUpperCase()}`,
  ...more,
});
const repeated = { label: "LABEL_REPEATED" };

/** Has a field of every kind: one `a_<scalar>` for each scalar, one `w_<wrapper>` for each wrapper. */
const everything: JsonObject = {
  name: "Everything",
  oneofDecl: [{ name: "choice" }],
  nestedType: [
    {
      name: "TagsEntry",
      options: { mapEntry: true },
      field: [scalar("key", "string", 1), scalar("value", "string", 2)],
    },
  ],
  field: [
    ...[...scalars, ...others].map((type, at) => scalar(`a_${type}`, type, at + 1)),
    ...wrappers.map((name, at) => typed(`w_${name.toLowerCase()}`, `.google.protobuf.${name}Value`, at + 21)),
    typed("timestamp", ".google.protobuf.Timestamp", 31),
    typed("duration", ".google.protobuf.Duration", 32),
    typed("field_mask", ".google.protobuf.FieldMask", 33),
    typed("struct", ".google.protobuf.Struct", 34),
    typed("color", ".test.Color", 35),
    typed("colors", ".test.Color", 36, repeated),
    scalar("numbers", "int32", 37, repeated),
    typed("durations", ".google.protobuf.Duration", 38, repeated),
    typed("child", ".test.Everything", 39),
    typed("children", ".test.Everything", 40, repeated),
    typed("tags", ".test.Everything.TagsEntry", 41, repeated),
    scalar("left", "string", 42, { oneofIndex: 0 }),
    scalar("right", "string", 43, { oneofIndex: 0 }),
  ],
};

const status: JsonObject = { name: "Failing", field: [scalar("error", "string", 1)] };
const color = { name: "Color", value: ["RED", "GREEN"].map((name, number) => ({ name, number })) };

/** What a method of the test service is like; it takes and returns `Everything`. */
export interface TestMethod {
  rule: MessageInitShape<typeof HttpRuleSchema>;
  output?: "Everything" | "Failing";
  isClientStream?: boolean;
  isServerStream?: boolean;
}

/** A service with one method for each rule, as if from a proto file that has a field of every kind. */
export function testMethods(...methods: readonly TestMethod[]): DescMethod[] {
  const files = fromJson(FileDescriptorSetSchema, {
    file: [
      {
        name: "test.proto",
        package: "test",
        syntax: "proto3",
        dependency: dependencies.map(({ name }) => name),
        messageType: [everything, status],
        enumType: [color],
        service: [
          {
            name: "TestService",
            method: methods.map(({ output = "Everything", isClientStream = false, isServerStream = false }, at) => ({
              name: `Method${at}`,
              inputType: ".test.Everything",
              outputType: `.test.${output}`,
              clientStreaming: isClientStream,
              serverStreaming: isServerStream,
            })),
          },
        ],
      },
    ],
  });
  for (const [at, { rule }] of methods.entries()) {
    const method = files.file[0]?.service[0]?.method[at];
    if (method === undefined) throw new Error("The method is not there.");
    method.options = create(MethodOptionsSchema);
    setExtension(method.options, http, create(HttpRuleSchema, rule));
  }
  files.file.unshift(...dependencies);
  return [...(createFileRegistry(files).getService("test.TestService")?.methods ?? [])];
}

const dependencies = [
  wkt.file_google_protobuf_timestamp,
  wkt.file_google_protobuf_duration,
  wkt.file_google_protobuf_field_mask,
  wkt.file_google_protobuf_struct,
  wkt.file_google_protobuf_wrappers,
].map(({ proto }) => proto);
