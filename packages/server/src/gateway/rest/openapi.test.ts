import { readFileSync } from "node:fs";
import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startGateway, type TestGateway } from "../start-gateway.test.support.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.test.support.js";
import { publicServices, routesOf } from "./rest-services.js";
import { sendRaw } from "./send-raw.test.support.js";

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  schema: {
    type?: string;
    format?: string;
    $ref?: string;
    items?: Parameter["schema"];
    pattern?: string;
    examples?: string[];
  };
}
interface Operation {
  "x-rpc": string;
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { content: { "application/json": { example?: JsonValue } } };
  responses: { 200: { content: Record<string, { example?: JsonValue }> } };
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { enum?: string[] }> };
}

const document: Document = JSON.parse(
  readFileSync(new URL("../../../assets/gen/openapi.json", import.meta.url), "utf8"),
);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [method.toUpperCase(), path, operation] as const),
);
const { routes } = routesOf(publicServices);

let upstream: EchoUpstream;
let gateway: TestGateway;
beforeAll(async () => {
  upstream = await startEchoUpstream();
  gateway = await startGateway({ upstream: upstream.url });
});
beforeEach(() => {
  upstream.answer = ({ method }) => create(method.output);
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** Something that fits a parameter's schema. */
function sampleOf(schema: Parameter["schema"]): string {
  const referred = document.components.schemas[schema.$ref?.split("/").at(-1) ?? ""];
  if (referred) return referred.enum?.[1] ?? expect.fail(`no value of ${schema.$ref}`);
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.type === "array") return sampleOf(schema.items ?? {});
  if (schema.type === "boolean") return "true";
  if (schema.type === "number" || schema.type === "integer" || schema.format === "int64") return "1";
  return schema.format === "date-time" ? "2026-11-22T12:00:00Z" : "some-text";
}

const parametersOf = (operation: Operation, place: Parameter["in"]) =>
  operation.parameters.filter((parameter): parameter is Parameter => "in" in parameter && parameter.in === place);

test("the document has every method that can be called over plain HTTP, and no other", () => {
  const described = operations.map(([, , operation]) => operation["x-rpc"]);
  const served = routes.map(({ method }) => `${method.parent.typeName}/${method.name}`);
  expect(described.toSorted()).toEqual(served.toSorted());
});

test.each(operations)(
  "%s %s reaches its method with everything that the document says it takes",
  async (method, path, operation) => {
    const names = parametersOf(operation, "path").map(({ name }) => name);
    expect(names.map((name) => `{${name}}`)).toEqual(path.match(/\{[^}]*\}/g) ?? []);
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => `the-${name}`);
    const query = parametersOf(operation, "query").map(
      ({ name, schema }) => `${name}=${encodeURIComponent(sampleOf(schema))}`,
    );
    const media = operation.requestBody?.content["application/json"];
    const body = media && (media.example ?? {});
    const answer = await sendRaw(
      gateway.port,
      method,
      `${filled}?${query.join("&")}`,
      body === undefined ? {} : { body },
    );
    expect(answer.status, answer.text).toBe(200);
    const { method: called, request } = upstream.seen();
    expect(`${called.parent.typeName}/${called.name}`).toBe(operation["x-rpc"]);
    const sent = JSON.stringify(toJson(called.input, request));
    for (const name of names) expect(sent).toContain(`"the-${name}"`);
  },
);

test.each(
  operations.filter(([, , { responses }]) => responses[200].content["application/json"]?.example !== undefined),
)("%s %s answers as its example shows", async (method, path, operation) => {
  const example = operation.responses[200].content["application/json"]?.example ?? null;
  upstream.answer = (call) => fromJson(call.method.output, example);
  const body = operation.requestBody?.content["application/json"].example;
  expect((await sendRaw(gateway.port, method, path, { body })).json).toEqual(example);
});
