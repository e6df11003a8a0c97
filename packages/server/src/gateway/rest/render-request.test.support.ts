import { type JsonObject, type JsonValue, type Message, toJson } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import type { FieldPath } from "./field-path.js";
import type { Route } from "./route.js";

/** An HTTP request. */
export interface Rendered {
  method: string;
  path: string;
  body?: JsonValue;
}

/** Writes a message as an HTTP request: the path's fields into the path, the body's into the body, others into the query. */
export function renderRequest(route: Route, message: Message, useProtoFieldName: boolean): Rendered {
  const { method, template, variables, httpMethod, body } = route;
  const json = toJson(method.input, message, { useProtoFieldName }) as JsonObject;
  const nameOf = (field: { name: string; jsonName: string }) => (useProtoFieldName ? field.name : field.jsonName);
  let path = template.text;
  for (const { variable, path: bound } of variables) {
    path = path.replace(`{${variable.fieldPath}}`, encodeURIComponent(String(textAt(route, message, bound))));
  }
  if (body === "whole") {
    for (const { path: bound } of variables) if (bound.parents.length === 0) delete json[nameOf(bound.field)];
    return { method: httpMethod, path, body: json };
  }
  const sent = body === "none" ? undefined : json[nameOf(body)];
  if (body !== "none") delete json[nameOf(body)];
  for (const { path: bound } of variables) if (bound.parents.length === 0) delete json[nameOf(bound.field)];
  const query = flatten(json).map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
  return {
    method: httpMethod,
    path: query.length > 0 ? `${path}?${query.join("&")}` : path,
    ...(sent !== undefined && { body: sent }),
  };
}

function textAt({ method }: Route, message: Message, { parents, field }: FieldPath): unknown {
  let holder = reflect(method.input, message);
  for (const parent of parents) if (parent.fieldKind === "message") holder = holder.get(parent);
  return holder.get(field);
}

function flatten(json: JsonObject, prefix = ""): [name: string, text: string][] {
  return Object.entries(json).flatMap(([key, value]): [string, string][] => {
    const name = `${prefix}${key}`;
    if (Array.isArray(value)) return value.map((item) => [name, String(item)]);
    if (typeof value === "object" && value !== null) return flatten(value, `${name}.`);
    return [[name, String(value)]];
  });
}
