import type { Message } from "@bufbuild/protobuf";
import { type FieldPath, resolveFieldPath } from "./field-path.js";
import { invalidField, invalidRequest } from "./invalid-request.js";
import type { Route } from "./route.js";
import { setParameter } from "./set-parameter.js";

/** Reads the query's parameters into the request message. Each must name a field, by its proto or its JSON name. */
export function readQuery({ method, variables }: Route, message: Message, query: string): void {
  const given = new Map<string, { path: FieldPath; texts: string[] }>();
  for (const [name, text] of parametersOf(query)) {
    const path = fieldOf(method.input, name);
    if (variables.some((bound) => bound.path.name === path.name)) {
      throw invalidField(path.name, "is part of the path and cannot be given in the query");
    }
    const entry = given.get(path.name) ?? { path, texts: [] };
    given.set(path.name, entry);
    entry.texts.push(text);
  }
  for (const { path, texts } of given.values()) setParameter(method, message, path, texts);
}

function fieldOf(...[desc, name]: Parameters<typeof resolveFieldPath>): FieldPath {
  try {
    return resolveFieldPath(desc, name);
  } catch (cause) {
    throw invalidField(name, `is not a query parameter of this method: ${(cause as Error).message}`, cause);
  }
}

function parametersOf(query: string): [name: string, text: string][] {
  const pairs = query.split("&").filter((pair) => pair !== "");
  return pairs.map((pair) => {
    const equals = pair.indexOf("=");
    if (equals === -1) return [decode(pair), ""];
    return [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw invalidRequest(`The query holds "${text}", which is not percent-encoded UTF-8.`, cause);
  }
}
