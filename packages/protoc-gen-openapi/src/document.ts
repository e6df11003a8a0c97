import type { DescMessage, DescService, JsonObject } from "@bufbuild/protobuf";
import type { Schema } from "@bufbuild/protoplugin";
import { commentOf } from "./description.ts";
import { errorResponses } from "./error-responses.ts";
import { ApiOptions } from "./method-options.ts";
import { describeOperation } from "./operation.ts";
import { Paths } from "./path.ts";
import { Schemas } from "./schemas.ts";

/** Makes the OpenAPI 3.1 document of every method that has a `google.api.http` option. */
export function buildDocument(schema: Schema): JsonObject {
  const options = new ApiOptions(schema.allFiles);
  const services = schema.files
    .flatMap((file) => file.services)
    .filter((service) => service.methods.some((method) => options.httpRules(method).length > 0));
  const status = options.registry.getMessage("google.rpc.Status");
  if (status === undefined) throw new Error("No file defines google.rpc.Status.");
  const schemas = new Schemas(options, answeredTypes(services, status));
  const paths = describePaths(services, options, schemas);
  return {
    openapi: "3.1.1",
    info: info(),
    servers: [{ url: "/", description: "The gateway that serves this document." }],
    tags: services.map((service) => ({ name: service.name, description: commentOf(service) })),
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", bearerFormat: "PASETO v4", description: "A token of this server." },
      },
      parameters: { Timeout: timeout },
      responses: errorResponses(schemas.message(status, false)),
      schemas: sorted(schemas.components),
    },
  };
}

function info(): JsonObject {
  return {
    title: "CineDeepMatch",
    version: "v1",
    summary: "Match and retrieve movies by text, by example or by taste.",
    description: [
      "The API as JSON over plain HTTP. Everything here is generated from the proto definitions.",
      "Names of fields are `lowerCamelCase`; those of proto (`snake_case`) are read as well. Answers leave out fields that are empty, zero or unset. 64-bit integers are strings. A field mask is a comma-separated list of fields.",
      "A failed call answers with a `google.rpc.Status`; the `reason` in its `google.rpc.ErrorInfo` detail says why.",
    ].join("\n\n"),
    license: { name: "Apache-2.0", identifier: "Apache-2.0" },
  };
}

const timeout: JsonObject = {
  name: "X-Request-Timeout-Ms",
  in: "header",
  description: "How long the call may take, in milliseconds; after that it fails with DEADLINE_EXCEEDED.",
  schema: { type: "integer", minimum: 0, maximum: 9_999_999_999 },
};

function describePaths(services: readonly DescService[], options: ApiOptions, schemas: Schemas): JsonObject {
  const described: Record<string, JsonObject> = {};
  const context = { options, schemas, paths: new Paths() };
  for (const method of services.flatMap(({ methods }) => methods)) {
    for (const [binding, rule] of options.httpRules(method).entries()) {
      const { path, httpMethod, operation } = describeOperation(method, rule, binding, context);
      described[path] = { ...described[path], [httpMethod]: operation };
    }
  }
  return described;
}

/** The names of all messages that answers are made of. */
function answeredTypes(services: readonly DescService[], status: DescMessage): Set<string> {
  const found = new Set<string>();
  const visit = (desc: DescMessage) => {
    if (found.has(desc.typeName)) return;
    found.add(desc.typeName);
    for (const { message } of desc.fields) if (message) visit(message);
  };
  for (const { output } of services.flatMap(({ methods }) => methods)) visit(output);
  visit(status);
  return found;
}

function sorted(components: Record<string, JsonObject>): JsonObject {
  return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)));
}
