import { type DescField, type JsonObject, ScalarType } from "@bufbuild/protobuf";
import { isAlwaysFinite } from "./rule-schema.ts";

/** The schema of a scalar, as proto JSON writes it. */
export function scalarSchema(field: DescField): JsonObject {
  switch (field.scalar) {
    case ScalarType.STRING:
      return { type: "string" };
    case ScalarType.BOOL:
      return { type: "boolean" };
    case ScalarType.BYTES:
      return { type: "string", contentEncoding: "base64" };
    case ScalarType.FLOAT:
      return number("float", isAlwaysFinite(field));
    case ScalarType.DOUBLE:
      return number("double", isAlwaysFinite(field));
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return { type: "string", format: "int64", pattern: "^-?[0-9]+$" };
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return { type: "string", format: "uint64", pattern: "^[0-9]+$" };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: "integer", format: "uint32", minimum: 0 };
    default:
      return { type: "integer", format: "int32" };
  }
}

function number(format: string, finite: boolean): JsonObject {
  const schema = { type: "number", format };
  return finite ? schema : { anyOf: [schema, { enum: ["NaN", "Infinity", "-Infinity"] }] };
}
