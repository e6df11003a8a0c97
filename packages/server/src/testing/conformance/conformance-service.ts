import { setTimeout as sleep } from "node:timers/promises";
import { create, type Message } from "@bufbuild/protobuf";
import { type Any, anyPack, anyUnpack } from "@bufbuild/protobuf/wkt";
import { type Code, ConnectError, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import type { ConformanceSchema } from "./conformance-schema.js";

// What of the suite's messages is read here. They are made from descriptors as the test runs.
type Header = { name: string; value: string[] };
type SuiteError = { code: Code; message?: string; details: Any[] };
type UnaryResponse = {
  responseHeaders: Header[];
  responseTrailers: Header[];
  responseDelayMs: number;
  response: { case: "responseData"; value: Uint8Array } | { case: "error"; value: SuiteError } | { case: undefined };
};
type StreamResponse = {
  responseHeaders: Header[];
  responseTrailers: Header[];
  responseDelayMs: number;
  responseData: Uint8Array[];
  error?: SuiteError;
};
type UnaryRequest = Message & { responseDefinition?: UnaryResponse };
type StreamRequest = Message & { responseDefinition?: StreamResponse; fullDuplex?: boolean };

/** Answers as each request asks to be answered, and tells what came with it. */
export function createConformanceService(schema: ConformanceSchema): ServiceImpl<ConformanceSchema["services"][0]> {
  const answers = new Answers(schema);
  return {
    unary: (request: UnaryRequest, context: HandlerContext) => answers.one(request, [request], context),
    idempotentUnary: (request: UnaryRequest, context: HandlerContext) => answers.one(request, [request], context),
    unimplemented: undefined,
    async clientStream(requests: AsyncIterable<UnaryRequest>, context: HandlerContext) {
      const all = await collect(requests);
      return answers.one(all[0], all, context);
    },
    serverStream: (request: StreamRequest, context: HandlerContext) => answers.many(request, [request], context),
    async *bidiStream(requests: AsyncIterable<StreamRequest>, context: HandlerContext) {
      yield* answers.both(requests, context);
    },
  } as unknown as ServiceImpl<ConformanceSchema["services"][0]>;
}

class Answers {
  readonly #schema: ConformanceSchema;

  constructor(schema: ConformanceSchema) {
    this.#schema = schema;
  }

  async one(first: UnaryRequest | undefined, requests: readonly Message[], context: HandlerContext) {
    const definition = first?.responseDefinition;
    sendMetadata(context, definition);
    const requestInfo = this.#info(context, requests);
    if (definition?.responseDelayMs) await sleep(definition.responseDelayMs);
    if (definition?.response.case === "error") throw this.#error(definition.response.value, requestInfo);
    const data = definition?.response.case === "responseData" ? { data: definition.response.value } : {};
    return { payload: { requestInfo, ...data } };
  }

  async *many(
    { responseDefinition: definition }: StreamRequest,
    requests: readonly Message[],
    context: HandlerContext,
  ) {
    sendMetadata(context, definition);
    yield* this.#rest(definition, definition?.responseData ?? [], this.#info(context, requests));
  }

  async *both(requests: AsyncIterable<StreamRequest>, context: HandlerContext) {
    let definition: StreamResponse | undefined;
    let sent = 0;
    const held: StreamRequest[] = [];
    let isFullDuplex: boolean | undefined;
    for await (const request of requests) {
      if (isFullDuplex === undefined) {
        isFullDuplex = request.fullDuplex === true;
        definition = request.responseDefinition;
        sendMetadata(context, definition);
      }
      held.push(request);
      const data = definition?.responseData[sent];
      if (!isFullDuplex) continue;
      if (data === undefined) break;
      if (definition?.responseDelayMs) await sleep(definition.responseDelayMs);
      const requestInfo = sent === 0 ? this.#info(context, held) : this.#requestsOnly(held);
      yield { payload: { data, requestInfo } };
      sent++;
      held.length = 0;
    }
    const rest = definition?.responseData.slice(sent) ?? [];
    yield* this.#rest(definition, rest, sent === 0 ? this.#info(context, held) : undefined);
  }

  async *#rest(definition: StreamResponse | undefined, data: readonly Uint8Array[], first: Message | undefined) {
    let requestInfo = first;
    for (const each of data) {
      if (definition?.responseDelayMs) await sleep(definition.responseDelayMs);
      yield { payload: { data: each, ...(requestInfo && { requestInfo }) } };
      requestInfo = undefined;
    }
    if (definition?.error !== undefined) throw this.#error(definition.error, requestInfo);
  }

  #info(context: HandlerContext, requests: readonly Message[]): Message {
    const timeoutMs = context.timeoutMs();
    const isGet = context.requestMethod === "GET";
    return create(this.#schema.message("ConformancePayload.RequestInfo"), {
      requestHeaders: toHeaders(context.requestHeader),
      requests: this.#pack(requests),
      ...(timeoutMs !== undefined && { timeoutMs: BigInt(Math.round(timeoutMs)) }),
      ...(isGet && { connectGetInfo: { queryParams: toHeaders(new URL(context.url).searchParams) } }),
    } as never);
  }

  #requestsOnly(requests: readonly Message[]): Message {
    return create(this.#schema.message("ConformancePayload.RequestInfo"), { requests: this.#pack(requests) } as never);
  }

  #pack(requests: readonly Message[]): Any[] {
    return requests.map((request) => {
      const desc = this.#schema.registry.getMessage(request.$typeName);
      if (desc === undefined) throw new Error(`unknown ${request.$typeName}`);
      return anyPack(desc, request);
    });
  }

  #error({ code, message = "", details }: SuiteError, requestInfo: Message | undefined): ConnectError {
    const { registry } = this.#schema;
    const unpacked = details.flatMap((any) => anyUnpack(any, registry) ?? []);
    const all = [...unpacked, ...(requestInfo === undefined ? [] : [requestInfo])];
    const outgoing = all.flatMap((value) => {
      const desc = registry.getMessage(value.$typeName);
      return desc === undefined ? [] : { desc, value: value as never };
    });
    return new ConnectError(message, code, undefined, outgoing);
  }
}

function sendMetadata(
  context: HandlerContext,
  given: Pick<UnaryResponse, "responseHeaders" | "responseTrailers"> | undefined,
) {
  for (const { name, value } of given?.responseHeaders ?? [])
    for (const v of value) context.responseHeader.append(name, v);
  for (const { name, value } of given?.responseTrailers ?? []) {
    for (const v of value) context.responseTrailer.append(name, v);
  }
}

function toHeaders(entries: Iterable<[string, string]>): Header[] {
  return [...entries].map(([name, value]) => ({ name, value: [value] }));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
