import type { DescField, DescMethodServerStreaming, DescMethodUnary } from "@bufbuild/protobuf";
import type { FieldPath } from "./field-path.js";
import type { PathTemplate, PathVariable } from "./path-template.js";

/** A method that plain HTTP can call: the request fits into one HTTP request. */
export type RestMethod = DescMethodUnary | DescMethodServerStreaming;

/** One way to call a method over plain HTTP. */
export interface Route {
  readonly method: RestMethod;
  /** The HTTP method; `*` for any. */
  readonly httpMethod: string;
  readonly template: PathTemplate;
  readonly variables: readonly BoundVariable[];
  /** What the request's body is: nothing, the whole request message, or one field of it. */
  readonly body: "none" | "whole" | DescField;
  /** The field that is the answer's body; the whole answer when undefined. */
  readonly responseBody: DescField | undefined;
}

/** A variable of the path and the field that its text becomes. */
export interface BoundVariable {
  readonly variable: PathVariable;
  readonly path: FieldPath;
}
