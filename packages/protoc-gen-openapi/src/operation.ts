import type { DescField, DescMethod, JsonObject } from "@bufbuild/protobuf";
import { commentOf, joined, summaryOf } from "./description.ts";
import { errorReferences } from "./error-responses.ts";
import { exampleOf } from "./examples.ts";
import type { ApiOptions, AuthorizationRule, HttpRule } from "./method-options.ts";
import { pathParameter, queryParameters } from "./parameters.ts";
import type { Paths } from "./path.ts";
import type { Schemas } from "./schemas.ts";

/** An operation with the place where it stands in the document. */
export interface PlacedOperation {
  readonly path: string;
  readonly httpMethod: string;
  readonly operation: JsonObject;
}

/** Describes one way to call a method. */
export function describeOperation(
  method: DescMethod,
  rule: HttpRule,
  binding: number,
  { options, schemas, paths }: { options: ApiOptions; schemas: Schemas; paths: Paths },
): PlacedOperation {
  const { path, variables } = paths.read(String(rule.pattern.value));
  const bound = variables.map(({ fieldPath }) => fieldPath);
  const authorization = options.authorization(method);
  const example = exampleOf(method, options.registry);
  const comment = commentOf(method);
  const body = bodyOf(method, rule, bound, schemas, example?.request);
  const inBody = rule.body === "*" ? [] : queryParameters(method.input, [...bound, rule.body], schemas);
  const parameters = [
    ...variables.map((variable) => pathParameter(method.input, variable, schemas)),
    ...inBody,
    { $ref: "#/components/parameters/Timeout" },
  ];
  const operation = {
    operationId: `${method.parent.name}_${method.name}${binding === 0 ? "" : `_${binding + 1}`}`,
    summary: summaryOf(comment),
    description: joined([comment, maskNote(method, rule), access(authorization)], "\n\n"),
    tags: [method.parent.name],
    parameters,
    ...(body && { requestBody: body }),
    responses: {
      200: answerOf(method, rule, schemas, example?.response),
      ...errorReferences({ isPublic: authorization.public, hasPath: variables.length > 0 }),
    },
    security: authorization.public ? [] : [{ bearer: [authorization.scope] }],
    ...(!authorization.public && { "x-required-scope": authorization.scope }),
    "x-rpc": `${method.parent.typeName}/${method.name}`,
  };
  return { path, httpMethod: httpMethodOf(rule), operation };
}

function httpMethodOf({ pattern }: HttpRule): string {
  if (pattern.case === "custom") throw new Error(`OpenAPI has no method ${JSON.stringify(pattern.value)}.`);
  return String(pattern.case);
}

/** What the gateway does where a mask is left out, which the proto does not know. */
function maskNote({ input }: DescMethod, { pattern }: HttpRule): string {
  const hasMask = pattern.case === "patch" && input.fields.some(({ name }) => name === "update_mask");
  return hasMask ? "Without `updateMask`, the fields that the body has are changed, and no others." : "";
}

function access({ scope, public: isPublic, userBound }: AuthorizationRule): string {
  if (isPublic) return "Needs no token.";
  return joined([
    `Needs a token with the scope \`${scope}\`.`,
    userBound ? "A token bound to a user will do, for that user only." : "",
  ]);
}

function bodyOf(
  method: DescMethod,
  rule: HttpRule,
  bound: readonly string[],
  schemas: Schemas,
  example: unknown,
): JsonObject | undefined {
  if (rule.body === "") return undefined;
  if (rule.body === "*") {
    const fields = method.input.fields.filter(({ name }) => !bound.includes(name));
    const isWhole = fields.length === method.input.fields.length;
    const schema = isWhole ? schemas.message(method.input, true) : schemas.object(method.input, fields, true);
    return content(
      schema,
      fields.some((field) => schemas.isRequired(field)),
      example,
    );
  }
  const field = fieldNamed(method, rule.body);
  const schema = schemas.field(field, true);
  // What is left out of a PATCH stays as it is.
  if (rule.pattern.case === "patch") delete schema.required;
  return content(schema, schemas.isRequired(field), (example as JsonObject | undefined)?.[field.jsonName]);
}

function fieldNamed({ input }: DescMethod, name: string): DescField {
  const field = input.fields.find((candidate) => candidate.name === name);
  if (field === undefined) throw new Error(`${input.typeName} has no field ${name}.`);
  return field;
}

function content(schema: JsonObject, required: boolean, example: unknown): JsonObject {
  const media = { schema, ...(example !== undefined && { example: example as JsonObject }) };
  return { ...(required && { required }), content: { "application/json": media } };
}

function answerOf(method: DescMethod, rule: HttpRule, schemas: Schemas, example: unknown): JsonObject {
  const field = method.output.fields.find(({ name }) => name === rule.responseBody);
  const schema = field ? schemas.field(field, false) : schemas.message(method.output, false);
  const description = summaryOf(commentOf(method.output)) || "Nothing to say: it is done";
  if (method.methodKind !== "server_streaming") {
    return { description: `${description}.`, ...content(schema, false, example) };
  }
  return {
    description: `A stream: ${description}. One JSON message a line; with \`Accept: text/event-stream\`, one an event.`,
    content: { "application/x-ndjson": { schema }, "text/event-stream": { schema: { type: "string" } } },
  };
}
