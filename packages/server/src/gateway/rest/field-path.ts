import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";

/** A field, perhaps of a message within the message. Only the last field may be repeated. */
export interface FieldPath {
  /** The names in proto, joined by dots. */
  readonly name: string;
  /** The fields on the way. */
  readonly parents: readonly DescField[];
  readonly field: DescField;
}

/** Finds a field by its proto or JSON names, joined by dots. Throws an Error that says why it cannot be given as text. */
export function resolveFieldPath(desc: DescMessage, path: string): FieldPath {
  const parents: DescField[] = [];
  let message = desc;
  const names = path.split(".");
  for (const [at, name] of names.entries()) {
    const field = fieldNamed(message, name);
    if (field === undefined) throw new Error(`${message.name} has no field "${name}"`);
    if (at === names.length - 1) {
      refuseUnwritable(field);
      return { name: [...parents, field].map((step) => step.name).join("."), parents, field };
    }
    if (field.fieldKind !== "message" || isTextual(field.message)) {
      throw new Error(`"${name}" is ${kindOf(field)} and has no fields to name`);
    }
    parents.push(field);
    message = field.message;
  }
  throw new Error("no field is named");
}

/** A field of a message by its proto or its JSON name. */
export function fieldNamed(desc: DescMessage, name: string): DescField | undefined {
  return desc.fields.find((field) => field.name === name || field.jsonName === name);
}

/** True for messages whose JSON is one string, number or boolean. */
export function isTextual(desc: DescMessage): boolean {
  return isWrapperDesc(desc) || textual.has(desc.typeName);
}

const textual = new Set(["google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"]);

function refuseUnwritable(field: DescField): void {
  const { message } = field;
  if (field.fieldKind === "map" || (message !== undefined && !isTextual(message))) {
    throw new Error(`"${field.name}" is ${kindOf(field)}, which is too much for a path or a query: name its fields`);
  }
}

function kindOf(field: DescField): string {
  if (field.fieldKind === "map") return "a map";
  if (field.fieldKind === "list") return "repeated";
  return field.message === undefined ? "a single value" : `a ${field.message.name}`;
}
