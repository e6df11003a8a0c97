import { type JsonValue, type Message, mergeFromJson } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import type { FieldPath } from "./field-path.js";
import { invalidField } from "./invalid-request.js";
import { reasonOf } from "./json-failure.js";
import { parameterJson } from "./parameter-json.js";
import type { RestMethod } from "./route.js";

/** Sets a field of a request from the texts that a path or a query has for it. Throws INVALID_ARGUMENT. */
export function setParameter(method: RestMethod, message: Message, path: FieldPath, texts: readonly string[]): void {
  const isList = path.field.fieldKind === "list";
  if (!isList && texts.length > 1) throw invalidField(path.name, "is given more than once");
  const whole = reflect(method.input, message);
  refuseOtherCase(whole, path);
  if (!isList) clear(whole, path);
  try {
    const values = texts.map((text) => parameterJson(path.field, text));
    mergeFromJson(method.input, message, nested(path, isList ? values : (values[0] ?? null)));
  } catch (cause) {
    throw invalidField(path.name, reasonOf(cause), cause);
  }
}

function nested({ parents, field }: FieldPath, value: JsonValue): JsonValue {
  const names = [...parents, field].map(({ jsonName }) => jsonName);
  return names.reduceRight<JsonValue>((inner, name) => ({ [name]: inner }), value);
}

/** The message that has the field; undefined where it is not there yet. */
function holderOf(whole: ReflectMessage, { parents }: FieldPath): ReflectMessage | undefined {
  let holder: ReflectMessage | undefined = whole;
  for (const parent of parents) {
    if (parent.fieldKind !== "message" || !holder?.isSet(parent)) return undefined;
    holder = holder.get(parent);
  }
  return holder;
}

// Merging would leave what the new value does not mention: the nanoseconds of a duration, for example.
function clear(whole: ReflectMessage, path: FieldPath): void {
  holderOf(whole, path)?.clear(path.field);
}

function refuseOtherCase(whole: ReflectMessage, path: FieldPath): void {
  const { oneof } = path.field;
  const other = oneof && holderOf(whole, path)?.oneofCase(oneof);
  if (other && other !== path.field) throw invalidField(path.name, `cannot be given together with ${other.name}`);
}
