import type { DescField, DescMessage, JsonValue } from "@bufbuild/protobuf";
import { protoCamelCase } from "@bufbuild/protobuf/reflect";

const maskType = "google.protobuf.FieldMask";

/** Writes a mask as JSON wants it: `release_year, title` becomes `releaseYear,title`. */
export function camelCaseMask(text: string): string {
  return text
    .split(",")
    .map((path) => protoCamelCase(path.trim()))
    .join(",");
}

/** Lets the masks in a message's JSON name fields as proto does too. Changes the JSON itself. */
export function camelCaseMasks(desc: DescMessage, json: JsonValue | undefined, depth = 100): void {
  // Deeper than this the JSON reader refuses what it reads.
  if (depth === 0 || !holdsMasks(desc) || typeof json !== "object" || json === null || Array.isArray(json)) return;
  for (const field of desc.fields) {
    if (field.message === undefined || !holdsMasks(field.message)) continue;
    for (const key of new Set([field.jsonName, field.name])) {
      const value = json[key];
      if (Object.hasOwn(json, key) && value !== undefined) json[key] = rewritten(field, value, depth - 1);
    }
  }
}

function rewritten(field: DescField, value: JsonValue, depth: number): JsonValue {
  if (field.fieldKind === "list" && Array.isArray(value)) return value.map((item) => rewrittenOne(field, item, depth));
  if (field.fieldKind === "map" && typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrittenOne(field, item, depth)]));
  }
  return rewrittenOne(field, value, depth);
}

function rewrittenOne({ message }: DescField, value: JsonValue, depth: number): JsonValue {
  if (message?.typeName === maskType) return typeof value === "string" ? camelCaseMask(value) : value;
  if (message !== undefined) camelCaseMasks(message, value, depth);
  return value;
}

const known = new WeakMap<DescMessage, boolean>();

// Most messages have no mask anywhere in them, and need no walk.
function holdsMasks(desc: DescMessage): boolean {
  let holds = known.get(desc);
  if (holds === undefined) {
    holds = reachable(desc).has(maskType);
    known.set(desc, holds);
  }
  return holds;
}

function reachable(desc: DescMessage, seen = new Set<string>()): Set<string> {
  if (seen.has(desc.typeName)) return seen;
  seen.add(desc.typeName);
  for (const { message } of desc.fields) if (message !== undefined) reachable(message, seen);
  return seen;
}
