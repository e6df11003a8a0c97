import { create, type JsonObject, type JsonValue, type Message, type Registry, toJson } from "@bufbuild/protobuf";
import type { Route } from "./route.js";

/** The JSON body of an answer. Like all proto JSON it leaves out fields that are unset, zero or empty. */
export function responseJson({ method, responseBody }: Route, message: Message, registry: Registry): JsonValue {
  const json = toJson(method.output, message, { registry }) as JsonObject;
  if (responseBody === undefined) return json;
  const name = responseBody.jsonName;
  if (Object.hasOwn(json, name)) return json[name] ?? null;
  // A body cannot be left out as a field can.
  const zero = toJson(method.output, create(method.output), { alwaysEmitImplicit: true, registry }) as JsonObject;
  return zero[name] ?? (responseBody.fieldKind === "message" ? {} : null);
}
