import { type DescField, type DescMessage, type DescMethod, getOption, hasOption } from "@bufbuild/protobuf";
import { type HttpRule, http } from "@cinedeepmatch/contract/http";
import { fieldNamed, resolveFieldPath } from "./field-path.js";
import { parsePathTemplate } from "./path-template.js";
import type { RestMethod, Route } from "./route.js";

/** The routes that a method's `google.api.http` option makes; none without the option. Throws where it makes no sense. */
export function bindMethod(method: DescMethod): Route[] {
  if (!hasOption(method, http)) return [];
  const rule = getOption(method, http);
  try {
    if (!isRestMethod(method)) throw new Error("A stream of requests does not fit into one HTTP request.");
    if (rule.additionalBindings.some((other) => other.additionalBindings.length > 0)) {
      throw new Error("additional_bindings do not nest");
    }
    return [rule, ...rule.additionalBindings].map((one) => bindRule(method, one));
  } catch (cause) {
    throw new Error(`The google.api.http option of ${method.parent.typeName}.${method.name} is wrong.`, { cause });
  }
}

function isRestMethod(method: DescMethod): method is RestMethod {
  return method.methodKind === "unary" || method.methodKind === "server_streaming";
}

function bindRule(method: RestMethod, rule: HttpRule): Route {
  const [httpMethod, path] = patternOf(rule);
  const template = parsePathTemplate(path);
  const variables = template.variables.map((variable) => {
    const bound = resolveFieldPath(method.input, variable.fieldPath);
    if (bound.field.fieldKind === "list") throw new Error(`"${variable.fieldPath}" is repeated`);
    return { variable, path: bound };
  });
  const body = rule.body === "" ? "none" : rule.body === "*" ? "whole" : topLevel(method.input, rule.body);
  const responseBody =
    rule.responseBody === "" || rule.responseBody === "*" ? undefined : topLevel(method.output, rule.responseBody);
  const route = { method, httpMethod, template, variables, body, responseBody } satisfies Route;
  refuseUnsupported(route);
  return route;
}

function patternOf({ pattern }: HttpRule): [method: string, path: string] {
  if (pattern.case === undefined) throw new Error("It has no path.");
  if (pattern.case === "custom") return [pattern.value.kind, pattern.value.path];
  return [pattern.case.toUpperCase(), pattern.value];
}

function topLevel(desc: DescMessage, name: string): DescField {
  const field = fieldNamed(desc, name);
  if (field === undefined) throw new Error(`${desc.name} has no field "${name}".`);
  return field;
}

function refuseUnsupported({ method, httpMethod, body, responseBody }: Route): void {
  if (body !== "none" && (httpMethod === "GET" || httpMethod === "HEAD")) throw new Error("GET takes no body.");
  const bodies = [
    body === "whole" ? method.input : body !== "none" && body.message,
    responseBody?.message ?? method.output,
  ];
  if (bodies.some((desc) => desc && desc.typeName === "google.api.HttpBody")) {
    throw new Error("google.api.HttpBody is not supported.");
  }
  // The last line of a stream that failed is `{"error": …}` and must not be taken for a message.
  const line = responseBody?.message ?? method.output;
  if (method.methodKind === "server_streaming" && line.fields.some(({ jsonName }) => jsonName === "error")) {
    throw new Error(`${line.name} has a field "error", so that a stream of it could not say that it failed.`);
  }
}
