import { type DescField, type JsonValue, ScalarType } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { camelCaseMask } from "./field-masks.js";

/**
 * The JSON of one value of a field, from its text in a path or a query. What this lets through, the JSON reader checks
 * further, ranges for example. Throws an Error that says what was expected.
 */
export function parameterJson(field: DescField, text: string): JsonValue {
  if (field.enum !== undefined) return enumJson(field.enum.values, text);
  if (field.message === undefined) return scalarJson(field.scalar, text);
  if (field.message.typeName === "google.protobuf.FieldMask") return camelCaseMask(text);
  return isWrapperDesc(field.message) ? scalarJson(field.message.fields[0].scalar, text) : text;
}

function enumJson(values: readonly { name: string }[], text: string): JsonValue {
  if (/^-?\d+$/.test(text)) return Number(text);
  if (values.some(({ name }) => name === text)) return text;
  throw new Error(`expected one of ${values.map(({ name }) => name).join(", ")}, or a number, got "${text}"`);
}

function scalarJson(scalar: ScalarType | undefined, text: string): JsonValue {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return text;
    case ScalarType.BOOL:
      if (text !== "true" && text !== "false") throw new Error(`expected true or false, got "${text}"`);
      return text === "true";
    case ScalarType.FLOAT:
    case ScalarType.DOUBLE:
      if (!/^(NaN|-?Infinity|-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)$/.test(text)) {
        throw new Error(`expected a number, got "${text}"`);
      }
      return text;
    default:
      if (!/^-?\d+$/.test(text)) throw new Error(`expected a whole number, got "${text}"`);
      return text;
  }
}
