import { brotliCompressSync, gzipSync } from "node:zlib";
import { create, toBinary } from "@bufbuild/protobuf";
import { MatchRequestSchema, MovieSchema } from "@cinedeepmatch/contract";
import { expect, test } from "vitest";
import { enveloped, type RawAnswer, rawCall } from "./raw-call.test.support.js";
import { startTestGrpcServer, type TestGrpcServer } from "./start-grpc-server.test.support.js";

const MATCH = "/cinedeepmatch.v1.MatchService/Match";
const CREATE = "/cinedeepmatch.v1.CatalogService/CreateMovie";
const IMPORT = "/cinedeepmatch.v1.CatalogService/ImportMovies";
const COMPRESSED = 1;
const MEGABYTE = 1_000_000;

const ZEROS = Buffer.alloc(100 * MEGABYTE);
const BOMBS = { gzip: gzipSync(ZEROS), br: brotliCompressSync(ZEROS) };

/** How each protocol wraps one message, for a call that is unary and for one that is a stream. */
const WIRES = {
  grpc: (encoding: string) => ({ "content-type": "application/grpc+proto", te: "trailers", "grpc-encoding": encoding }),
  "gRPC-Web": (encoding: string) => ({ "content-type": "application/grpc-web+proto", "grpc-encoding": encoding }),
  "a Connect stream": (encoding: string) => ({
    "content-type": "application/connect+proto",
    "connect-content-encoding": encoding,
  }),
};

interface Failure {
  code: string;
  message: string;
  reason: string | undefined;
}

/** The failure that an answer tells, whichever protocol it is written in. */
function failureOf({ headers, trailers, body }: RawAnswer): Failure {
  const type = String(headers["content-type"]);
  if (type.startsWith("application/grpc")) {
    const web = type.includes("-web") ? Object.fromEntries(webTrailers(body)) : {};
    const status = { ...headers, ...trailers, ...web } as Record<string, string | undefined>;
    const details = Buffer.from(status["grpc-status-details-bin"] ?? "", "base64").toString("latin1");
    const code = { 3: "invalid_argument", 8: "resource_exhausted", 13: "internal" }[status["grpc-status"] ?? ""];
    const reason = /[A-Z_]{8,}/.exec(details)?.[0];
    return {
      code: code ?? `grpc-status ${status["grpc-status"]}`,
      message: decodeURIComponent(status["grpc-message"] ?? ""),
      reason,
    };
  }
  const json = JSON.parse((type.startsWith("application/connect+") ? body.subarray(5) : body).toString());
  const { code, message, details = [] } = json.error ?? json;
  const info = details.find(({ type: name }: { type: string }) => name === "google.rpc.ErrorInfo");
  return {
    code,
    message,
    reason: info && /[A-Z_]{8,}/.exec(Buffer.from(info.value, "base64").toString("latin1"))?.[0],
  };
}

function webTrailers(body: Buffer): [string, string][] {
  const lines = body.subarray(5).toString().split("\r\n").filter(Boolean);
  return lines.map((line) => [line.slice(0, line.indexOf(":")).trim(), line.slice(line.indexOf(":") + 1).trim()]);
}

async function call(
  server: TestGrpcServer,
  path: string,
  headers: object,
  body?: Uint8Array | string,
): Promise<Failure> {
  const authorization = `Bearer ${await server.token()}`;
  const answer = await rawCall(server.url, { ":path": path, authorization, ...headers }, body);
  expect(answer.headers["x-request-id"]).toBeTruthy();
  return failureOf(answer);
}

for (const [encoding, bomb] of Object.entries(BOMBS)) {
  for (const [name, headersOf] of Object.entries(WIRES)) {
    const paths = name === "a Connect stream" ? [IMPORT] : [MATCH, IMPORT];
    test.each(paths)(`a ${encoding} bomb by ${name} to %s is refused and takes no memory`, async (path) => {
      const server = await startTestGrpcServer();
      const before = process.memoryUsage().rss;
      const failure = await call(server, path, headersOf(encoding), enveloped(bomb, COMPRESSED));
      expect(failure).toMatchObject({ code: "resource_exhausted", reason: "MESSAGE_TOO_LARGE" });
      expect(process.memoryUsage().rss - before).toBeLessThan(40 * MEGABYTE);
    });
  }

  test(`a ${encoding} bomb by Connect is refused and takes no memory`, async () => {
    const server = await startTestGrpcServer();
    const headers = { "content-type": "application/json", "content-encoding": encoding };
    const failure = await call(server, MATCH, headers, bomb);
    expect(failure).toEqual({
      code: "resource_exhausted",
      reason: "MESSAGE_TOO_LARGE",
      message: "The message, decompressed, is larger than 1048576 bytes.",
    });
  });
}

/** A value nested so deep, as JSON and as protobuf: google.protobuf.Value { list_value { values ... } }. */
const DEPTH = 100_000;
const DEEP_JSON = `{"movie":{"title":"x","features":{"a":${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}}}}`;
const DEEP_UNKNOWN_JSON = `{"unknown":${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}}`;

function deepProto(): Buffer {
  let value: Buffer = Buffer.from([0x10, 1]);
  for (let level = 0; level < 1_000; level++) value = field(level % 2 === 0 ? 1 : 6, value);
  const entry = Buffer.concat([field(1, Buffer.from("a")), field(2, value)]);
  const movie = toBinary(MovieSchema, create(MovieSchema, { title: "x" }));
  return field(1, Buffer.concat([movie, field(15, field(1, entry))]));
}

function field(number: number, value: Buffer): Buffer {
  const length: number[] = [];
  let rest = value.length;
  for (; rest > 0x7f; rest >>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), value]);
}

test("JSON nested a hundred thousand deep is an invalid argument", async () => {
  const server = await startTestGrpcServer();
  const failure = await call(server, CREATE, { "content-type": "application/json" }, DEEP_JSON);
  expect(failure).toMatchObject({ code: "invalid_argument", reason: "FIELD_INVALID" });
  expect(failure.message.length).toBeLessThan(400);
  for (const type of ["application/grpc+json", "application/grpc-web+json"]) {
    const again = await call(server, CREATE, { "content-type": type }, enveloped(Buffer.from(DEEP_JSON)));
    expect(again).toMatchObject({ code: "invalid_argument", reason: "FIELD_INVALID" });
  }
});

test("depth in a field that nobody knows does not hurt", async () => {
  const server = await startTestGrpcServer();
  const failure = await call(server, MATCH, { "content-type": "application/json" }, DEEP_UNKNOWN_JSON);
  expect(failure.code).not.toBe("internal");
});

test("protobuf nested a thousand deep is an invalid argument on every protocol", async () => {
  const server = await startTestGrpcServer();
  const message = deepProto();
  const expected = { code: "invalid_argument", reason: "FIELD_INVALID" };
  expect(await call(server, CREATE, { "content-type": "application/proto" }, message)).toMatchObject(expected);
  for (const headersOf of [WIRES.grpc, WIRES["gRPC-Web"]]) {
    expect(await call(server, CREATE, headersOf("identity"), enveloped(message))).toMatchObject(expected);
  }
  expect(server.logged.filter(({ level }) => level === "error")).toEqual([]);
});

test.each([
  ["bytes that are no protobuf", { "content-type": "application/proto" }, Buffer.from("ffffffffff", "hex")],
  ["text that is no JSON", { "content-type": "application/json" }, "{"],
  ["a field of the wrong type", { "content-type": "application/json" }, '{"text": 7}'],
  ["what is not gzip", { "content-type": "application/json", "content-encoding": "gzip" }, "{}"],
  [
    "half of a gzip",
    { "content-type": "application/json", "content-encoding": "gzip" },
    gzipSync("{}").subarray(0, 15),
  ],
  ["a deadline beyond all timers", { "content-type": "application/json", "connect-timeout-ms": "9999999999" }, "{}"],
  ["a deadline that is no number", { "content-type": "application/json", "connect-timeout-ms": "soon" }, "{}"],
  [
    "a gRPC deadline of a hundred thousand hours",
    { ...WIRES.grpc("identity"), "grpc-timeout": "99999999H" },
    enveloped(Buffer.alloc(0)),
  ],
  ["a broken envelope", WIRES.grpc("identity"), Buffer.from([0, 0, 0, 0, 9, 1])],
  [
    "a compressed message without its compression",
    WIRES.grpc("identity"),
    enveloped(Buffer.from([1, 2, 3]), COMPRESSED),
  ],
])("%s is an invalid argument with a reason, not a fault", async (_what, headers, body) => {
  const server = await startTestGrpcServer();
  const failure = await call(server, MATCH, headers, body);
  expect(failure).toMatchObject({ code: "invalid_argument", reason: "FIELD_INVALID" });
  expect(server.logged.filter(({ level }) => level === "error")).toEqual([]);
});

test("a message announced as larger than the limit is refused before it has come", async () => {
  const server = await startTestGrpcServer();
  const failure = await call(server, MATCH, WIRES.grpc("identity"), Buffer.from([0, 0xff, 0xff, 0xff, 0xff]));
  expect(failure).toMatchObject({ code: "resource_exhausted", reason: "MESSAGE_TOO_LARGE" });
});

test("a GET carries a small message, and nothing that is not Base64 or too long for a header", async () => {
  const server = await startTestGrpcServer();
  const get = (message: string, extra = "") =>
    call(server, `${MATCH}?connect=v1&encoding=proto&base64=1${extra}&message=${message}`, { ":method": "GET" });
  const request = Buffer.from(toBinary(MatchRequestSchema, create(MatchRequestSchema, { text: "x" })));
  expect((await get(request.toString("base64url"))).code).toBe("not_found");
  expect(await get("***")).toMatchObject({ code: "invalid_argument", reason: "FIELD_INVALID" });
  const bomb = gzipSync(Buffer.alloc(5 * MEGABYTE)).toString("base64url");
  expect(await get(bomb, "&compression=gzip")).toMatchObject({ code: "resource_exhausted" });
  await expect(get("A".repeat(200_000))).rejects.toThrow();
});

test("an authority that makes no URL is refused and ends nothing", async () => {
  const server = await startTestGrpcServer();
  const type = { "content-type": "application/json" };
  for (const authority of ["[", "a:b:c", "%", ":0"]) {
    await rawCall(server.url, { ":path": MATCH, ":authority": authority, ...type }, "{}").catch(() => {});
  }
  expect((await call(server, MATCH, type, '{"text":"x"}')).code).toBe("not_found");
});

test("an answer that cannot be written tells nothing of why", async () => {
  const server = await startTestGrpcServer();
  const movie = Object.assign(create(MovieSchema, { id: "m", title: "x" }), { releaseYear: "secret of the store" });
  server.movies.set("m", movie as never);
  const path = "/cinedeepmatch.v1.CatalogService/GetMovie";
  const body = toBinary(MatchRequestSchema, create(MatchRequestSchema, { text: "m" }));
  for (const failure of [
    await call(server, path, { "content-type": "application/json" }, '{"id":"m"}'),
    await call(server, path, WIRES.grpc("identity"), enveloped(body)),
    await call(server, path, WIRES["gRPC-Web"]("identity"), enveloped(body)),
  ]) {
    expect(failure.code).toBe("internal");
    expect(failure.message).toBe("The server failed. It logged the cause under this request id.");
    expect(failure.reason).toBe("INTERNAL");
  }
  const faults = server.logged.filter(({ level }) => level === "error");
  expect(faults).toHaveLength(3);
  expect(String(faults[0]?.fields.err)).toContain("secret of the store");
});
