import { create, type Message } from "@bufbuild/protobuf";
import { implyMask } from "./imply-mask.js";
import { readVariable } from "./path-text.js";
import { readBody } from "./read-body.js";
import { readQuery } from "./read-query.js";
import type { Route } from "./route.js";
import { setParameter } from "./set-parameter.js";

/** What an HTTP request brings for a route. */
export interface RestInput {
  /** The segments of the path, as sent. */
  readonly rawSegments: readonly string[];
  /** The query without its `?`. */
  readonly query: string;
  /** The body; empty when there is none. */
  readonly body: Uint8Array;
}

/**
 * Makes the request message of a route: from the body, then from the path, then from the query. Throws
 * INVALID_ARGUMENT that names what cannot be read.
 */
export function readRequest(route: Route, { rawSegments, query, body }: RestInput): Message {
  const message = create(route.method.input);
  const json = readBody(route, message, body);
  for (const { variable, path } of route.variables) {
    setParameter(route.method, message, path, [readVariable(variable, rawSegments)]);
  }
  readQuery(route, message, query);
  implyMask(route, message, json);
  return message;
}
