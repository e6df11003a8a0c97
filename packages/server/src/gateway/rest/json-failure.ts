import { type DescField, type DescMessage, fromJson, type JsonValue } from "@bufbuild/protobuf";
import { hasCustomJsonRepresentation } from "@bufbuild/protobuf/wkt";
import { fieldNamed } from "./field-path.js";

/** Why JSON could not be read, without saying again what could not be read. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error;
  return message.replace(/^cannot decode (?:message |field )?\S+ from JSON:? ?/, "").trim();
}

/**
 * Finds where in a message's JSON a failure is, as `movies[0].weight`; empty for the message itself. It reads the parts
 * again until only the failing one is left, which costs what reading costs, and only when it failed.
 */
export function locateFailure(
  desc: DescMessage,
  json: JsonValue,
  // Deeper than this the JSON reader refuses what it reads.
  depth = 100,
): { path: string; error: unknown } | undefined {
  const error = failureOf(() => fromJson(desc, json));
  if (error === undefined) return undefined;
  if (depth === 0 || hasCustomJsonRepresentation(desc)) return { path: "", error };
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    for (const [key, value] of Object.entries(json)) {
      const field = fieldNamed(desc, key);
      if (field === undefined) continue;
      const own = failureOf(() => fromJson(desc, { [key]: value }));
      if (own !== undefined) return locateInField(field, value, own, depth - 1);
    }
  }
  return { path: "", error };
}

function locateInField(
  field: DescField,
  value: JsonValue,
  error: unknown,
  depth: number,
): { path: string; error: unknown } {
  for (const [suffix, part] of partsOf(field, value)) {
    const inner = field.message && locateFailure(field.message, part, depth);
    if (inner) return { path: `${field.name}${suffix}${inner.path && `.${inner.path}`}`, error: inner.error };
  }
  return { path: field.name, error };
}

function partsOf(field: DescField, value: JsonValue): [suffix: string, part: JsonValue][] {
  if (field.fieldKind === "message") return [["", value]];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.map((item, at) => [`[${at}]`, item]);
  return Object.entries(value).map(([key, item]) => [`[${JSON.stringify(key)}]`, item]);
}

function failureOf(read: () => unknown): unknown {
  try {
    read();
    return undefined;
  } catch (error) {
    return error;
  }
}
