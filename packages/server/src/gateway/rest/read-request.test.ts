import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { BadRequestSchema } from "@cinedeepmatch/contract/error-details";
import { ConnectError } from "@connectrpc/connect";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bindMethod } from "./bind-method.js";
import { anyMessage } from "./random-message.test.support.js";
import { readRequest } from "./read-request.js";
import { renderRequest } from "./render-request.test.support.js";
import { type TestMethod, testMethods } from "./test-service.test.support.js";

function routeOf(method: TestMethod) {
  const [route] = testMethods(method).flatMap(bindMethod);
  return route ?? expect.fail("It has no route.");
}
const pattern = (method: "get" | "patch" | "post", value: string) => ({ pattern: { case: method, value } });
const byQuery = routeOf({ rule: pattern("get", "/x") });
const byBody = routeOf({ rule: { ...pattern("post", "/x/{child.a_string=**}"), body: "*" } });
const byField = routeOf({ rule: { ...pattern("post", "/x"), body: "children" } });
const none: Uint8Array = new Uint8Array();
const bytes = (json: JsonValue) => new TextEncoder().encode(JSON.stringify(json));

const read = (query: string, route = byQuery, body = none, rawSegments: string[] = ["x"]) =>
  toJson(route.method.input, readRequest(route, { rawSegments, query, body }));

/** The field and the reason of a refusal. */
function refusal(query: string, ...more: [route?: typeof byQuery, body?: Uint8Array]): string {
  try {
    read(query, ...more);
  } catch (error) {
    const [badRequest] = ConnectError.from(error).findDetails(BadRequestSchema);
    return `${badRequest?.fieldViolations[0]?.field}: ${badRequest?.fieldViolations[0]?.description}`;
  }
  return expect.fail("It was read.");
}

test.each<[string, JsonValue]>([
  ["", {}],
  ["&&", {}],
  ["a_string=a=b%26c", { aString: "a=b&c" }],
  ["aString", {}],
  ["a_bool=true&aString=false", { aBool: true, aString: "false" }],
  [
    "a_int32=-7&a_uint32=7&a_sint32=-1&a_fixed32=4294967295",
    { aInt32: -7, aUint32: 7, aSint32: -1, aFixed32: 4294967295 },
  ],
  ["a_int64=-9223372036854775808", { aInt64: "-9223372036854775808" }],
  ["a_uint64=18446744073709551615&a_sint64=-1", { aUint64: "18446744073709551615", aSint64: "-1" }],
  ["a_double=1e-3&a_float=.5", { aDouble: 0.001, aFloat: 0.5 }],
  ["a_double=NaN&a_float=-Infinity", { aDouble: "NaN", aFloat: "-Infinity" }],
  ["a_double=Infinity", { aDouble: "Infinity" }],
  ["a_bytes=%2B%2F8%3D", { aBytes: "+/8=" }],
  ["a_bytes=-_8", { aBytes: "+/8=" }],
  [
    "w_bool=false&w_int64=5&w_string=&w_double=NaN&w_bytes=-_8",
    { wBool: false, wInt64: "5", wString: "", wDouble: "NaN", wBytes: "+/8=" },
  ],
  ["w_int32=0&w_uint32=1&w_uint64=2&w_float=.5", { wInt32: 0, wUint32: 1, wUint64: "2", wFloat: 0.5 }],
  ["timestamp=2026-11-22T12:00:00.5Z&duration=1.5s", { timestamp: "2026-11-22T12:00:00.500Z", duration: "1.500s" }],
  ["timestamp=2026-11-22T12:00:00%2B01:00", { timestamp: "2026-11-22T11:00:00Z" }],
  ["field_mask=a_b,cD.e_f", { fieldMask: "aB,cD.eF" }],
  ["fieldMask=", { fieldMask: "" }],
  ["color=GREEN", { color: "GREEN" }],
  ["color=1", { color: "GREEN" }],
  ["color=7", { color: 7 }],
  [
    "colors=GREEN&colors=0&numbers=1&numbers=2&durations=1s",
    { colors: ["GREEN", "RED"], numbers: [1, 2], durations: ["1s"] },
  ],
  [
    "child.a_string=x&child.child.aInt32=1&child.numbers=3",
    { child: { aString: "x", child: { aInt32: 1 }, numbers: [3] } },
  ],
  ["left=x", { left: "x" }],
])("the query %s is %j", (query, json) => {
  expect(read(query)).toEqual(json);
});

test.each([
  ["nothing=1", 'nothing: is not a query parameter of this method: Everything has no field "nothing"'],
  ["child.nothing=1", 'child.nothing: is not a query parameter of this method: Everything has no field "nothing"'],
  ["=1", ': is not a query parameter of this method: Everything has no field ""'],
  ["__proto__=1", '__proto__: is not a query parameter of this method: Everything has no field "__proto__"'],
  ["constructor=1", 'constructor: is not a query parameter of this method: Everything has no field "constructor"'],
  [
    "tags=x",
    'tags: is not a query parameter of this method: "tags" is a map, which is too much for a path or a query: name its fields',
  ],
  ["tags.a=x", 'tags.a: is not a query parameter of this method: "tags" is a map and has no fields to name'],
  [
    "children.a_string=x",
    'children.a_string: is not a query parameter of this method: "children" is repeated and has no fields to name',
  ],
  ["struct.a=x", 'struct.a: is not a query parameter of this method: Struct has no field "a"'],
  ["aInt32=", 'a_int32: expected a whole number, got ""'],
  ["child.a_int32=1e3", 'child.a_int32: expected a whole number, got "1e3"'],
  ["a_bool=TRUE", 'a_bool: expected true or false, got "TRUE"'],
  ["w_bool=null", 'w_bool: expected true or false, got "null"'],
  ["a_double=", 'a_double: expected a number, got ""'],
  ["a_double=1_0", 'a_double: expected a number, got "1_0"'],
  ["color=BLUE", 'color: expected one of RED, GREEN, or a number, got "BLUE"'],
  ["timestamp=now", "timestamp: invalid RFC 3339 string"],
  ["a_string=x&aString=y", "a_string: is given more than once"],
  ["left=x&right=y", "right: cannot be given together with left"],
])("the query %s is refused", (query, reason) => {
  expect(refusal(query)).toBe(reason);
});

test.each([
  "a_int32=2147483648",
  "a_uint32=-1",
  "a_uint64=-1",
  "a_int64=9223372036854775808",
  "a_float=1e39",
  "a_bytes=*",
  "duration=5",
])("the query %s is out of its type's range", (query) => {
  expect(refusal(query)).toMatch(new RegExp(`^${query.split("=")[0]}: .*\\S`));
  expect(refusal(query)).not.toContain("cannot decode");
});

test("the path is read after the body, and the query after both", () => {
  const body = bytes({
    child: { aString: "body", aInt32: 1, aBool: true },
    numbers: [1],
    duration: "5.5s",
    left: "body",
  });
  expect(read("child.a_int32=2&numbers=2&duration=3s", byBody, body, ["x", "from", "path"])).toEqual({
    child: { aString: "from/path", aInt32: 2, aBool: true },
    numbers: [1, 2],
    duration: "3s",
    left: "body",
  });
  expect(refusal("right=query", byBody, body)).toBe("right: cannot be given together with left");
  expect(refusal("child.aString=query", byBody, body)).toBe(
    "child.a_string: is part of the path and cannot be given in the query",
  );
});

test("a body may be any one field", () => {
  expect(read("a_int32=1", byField, bytes([{ aString: "x" }]))).toEqual({ aInt32: 1, children: [{ aString: "x" }] });
  expect(refusal("", byField, bytes([{}, { child: { tags: { a: 1 } } }]))).toMatch(/^children\[1\]\.child\.tags: /);
  expect(refusal("", byField, bytes({}))).toMatch(/^children: /);
});

test("what cannot be read in a body is found wherever it is", () => {
  const deep = { child: { children: [{}, { struct: { a: 1 }, colors: ["GREEN", "BLUE"] }] } };
  expect(refusal("", byBody, bytes(deep))).toMatch(/^child\.children\[1\]\.colors: .*BLUE/);
  expect(refusal("", byBody, bytes({ durations: ["1s", "x"] }))).toMatch(/^durations\[1\]: /);
  expect(refusal("", byBody, bytes({ left: "a", right: "b" }))).toContain("left");
  expect(refusal("", byBody, bytes({ aString: "a", a_string: "b" }))).toContain("set multiple times");
});

test("a body that is nested too deeply is refused as any other", () => {
  const depth = 50_000;
  const nested = `${'{"child":'.repeat(depth)}{}${"}".repeat(depth)}`;
  expect(refusal("", byBody, new TextEncoder().encode(nested))).toContain("recursion depth");
});

test("any message of fields that a query can hold comes out of the query that it went into", () => {
  const { input } = byQuery.method;
  // None of these fits into a query, nor does the presence of an empty message.
  const message = anyMessage(input, ["children", "tags", "struct", "child"]);
  fc.assert(
    fc.property(message, fc.boolean(), (sent, protoNames) => {
      const [path = "", query = ""] = renderRequest(byQuery, sent, protoNames).path.split("?");
      const back = readRequest(byQuery, { rawSegments: path.slice(1).split("/"), query, body: none });
      expect(toJson(input, back)).toEqual(toJson(input, sent));
    }),
  );
});
