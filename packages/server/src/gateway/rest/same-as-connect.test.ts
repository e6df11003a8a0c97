import { create, fromJson, type JsonValue, type Message, toJson } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import type { Transport } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allOf } from "../all-of.test.support.js";
import { startGateway, type TestGateway } from "../start-gateway.test.support.js";
import { type EchoUpstream, startEchoUpstream } from "./echo-upstream.test.support.js";
import type { FieldPath } from "./field-path.js";
import { anyMessage } from "./random-message.test.support.js";
import { renderRequest } from "./render-request.test.support.js";
import { publicServices, routesOf } from "./rest-services.js";
import type { Route } from "./route.js";
import { type RawAnswer, sendRaw } from "./send-raw.test.support.js";

const { routes } = routesOf(publicServices);
let upstream: EchoUpstream;
let gateway: TestGateway;
let connect: Transport;

beforeAll(async () => {
  upstream = await startEchoUpstream();
  gateway = await startGateway({ upstream: upstream.url, rateLimit: { max: 1_000_000, windowMs: 60_000 } });
  connect = createConnectTransport({ baseUrl: gateway.url, httpVersion: "1.1", useBinaryFormat: false });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

/** A request that has something for the path, and, so that none is made up, a mask. */
function anyRequest(route: Route): fc.Arbitrary<Message> {
  const texts = route.variables.map(() => fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }));
  return fc.tuple(anyMessage(route.method.input), fc.tuple(...texts)).map(([message, values]) => {
    for (const [at, { path }] of route.variables.entries()) setText(route, message, path, values[at] ?? "");
    const mask = route.method.input.field.updateMask;
    const request = reflect(route.method.input, message);
    if (mask && !request.isSet(mask)) {
      request.set(mask, reflect(FieldMaskSchema, create(FieldMaskSchema, { paths: ["title"] })));
    }
    return message;
  });
}

function setText({ method }: Route, message: Message, { parents, field }: FieldPath, text: string): void {
  let holder = reflect(method.input, message);
  for (const parent of parents) {
    if (parent.fieldKind !== "message") throw new Error("not a message");
    if (!holder.isSet(parent)) holder.set(parent, reflect(parent.message, create(parent.message)));
    holder = holder.get(parent);
  }
  holder.set(field, text as never);
}

/** What arrives at the server. A query cannot say that a message is there and empty. */
function arrived(route: Route): JsonValue {
  const json = toJson(route.method.input, upstream.seen().request);
  return route.body === "whole" ? json : withoutEmpty(json);
}

function withoutEmpty(json: JsonValue): JsonValue {
  if (typeof json !== "object" || json === null || Array.isArray(json)) return json;
  const entries = Object.entries(json).map(([key, value]) => [key, withoutEmpty(value)] as const);
  return Object.fromEntries(entries.filter(([, value]) => JSON.stringify(value) !== "{}"));
}

async function throughConnect({ method }: Route, message: Message): Promise<Message[]> {
  if (method.methodKind === "unary") {
    return [(await connect.unary(method, undefined, undefined, undefined, message)).message];
  }
  const one = (async function* () {
    yield message;
  })();
  return await allOf((await connect.stream(method, undefined, undefined, undefined, one)).message);
}

function answered({ method }: Route, answer: RawAnswer): Message[] {
  if (method.methodKind === "unary") return [fromJson(method.output, answer.json)];
  const lines = answer.text.split("\n").filter((line) => line !== "");
  return lines.map((line) => fromJson(method.output, JSON.parse(line)));
}

test.each(routes.map((route) => [`${route.httpMethod} ${route.template.text}`, route] as const))(
  "%s carries what Connect carries, both ways",
  async (_, route) => {
    const { method } = route;
    const answers =
      method.methodKind === "unary"
        ? anyMessage(method.output).map((message) => [message])
        : fc.array(anyMessage(method.output), { maxLength: 4 });
    const run = fc.asyncProperty(anyRequest(route), answers, fc.boolean(), async (request, answer, protoNames) => {
      upstream.answer = () => (method.methodKind === "unary" ? (answer[0] ?? create(method.output)) : answer);
      const connectAnswer = await throughConnect(route, request);
      const connectRequest = arrived(route);

      const rendered = renderRequest(route, request, protoNames);
      const raw = await sendRaw(gateway.port, rendered.method, rendered.path, rendered);
      expect(raw.status, raw.text).toBe(200);
      expect(upstream.seen().method).toBe(method);
      expect(arrived(route)).toEqual(connectRequest);
      const asJson = (message: Message) => toJson(method.output, message);
      expect(answered(route, raw).map(asJson)).toEqual(connectAnswer.map(asJson));
    });
    await fc.assert(run, { numRuns: 25 });
  },
);
