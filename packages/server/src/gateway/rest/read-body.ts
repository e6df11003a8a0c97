import { type JsonObject, type JsonValue, type Message, mergeFromJson } from "@bufbuild/protobuf";
import { camelCaseMasks } from "./field-masks.js";
import { invalidField, invalidRequest } from "./invalid-request.js";
import { locateFailure, reasonOf } from "./json-failure.js";
import type { Route } from "./route.js";

/** Reads a request's body into the request message. Returns its JSON; undefined when there is none. */
export function readBody({ method, body }: Route, message: Message, bytes: Uint8Array): JsonValue | undefined {
  if (bytes.length === 0) return undefined;
  if (body === "none") throw invalidRequest("This method takes no body: its fields go into the path and the query.");
  const json = parseJson(bytes);
  const whole = body === "whole" ? asObject(json) : { [body.jsonName]: json };
  camelCaseMasks(method.input, whole);
  try {
    mergeFromJson(method.input, message, whole);
  } catch (cause) {
    const { path, error } = locateFailure(method.input, whole) ?? { path: "", error: cause };
    throw invalidField(path, reasonOf(error), cause);
  }
  return json;
}

function parseJson(bytes: Uint8Array): JsonValue {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? cause.message : "its bytes are not UTF-8";
    throw invalidRequest(`The body is not JSON: ${what}`, cause);
  }
}

function asObject(json: JsonValue): JsonObject {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  throw invalidRequest("The body must be a JSON object.");
}
