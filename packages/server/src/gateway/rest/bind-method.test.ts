import { create, createRegistry, fromJson } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { bindMethod } from "./bind-method.js";
import { responseJson } from "./response-json.js";
import { type TestMethod, testMethods } from "./test-service.test.support.js";

const bind = (method: TestMethod) => testMethods(method).flatMap(bindMethod);
const get = (path: string) => ({ rule: { pattern: { case: "get" as const, value: path } } });
const post = (path: string, body: string, responseBody = "") => ({
  rule: { pattern: { case: "post" as const, value: path }, body, responseBody },
});

test("a rule and its additional bindings are routes of one method", () => {
  const { rule } = post("/v1/{a_string}", "*");
  const custom = { pattern: { case: "custom" as const, value: { kind: "PURGE", path: "/v2/{child.a_string=x/**}" } } };
  const routes = bind({ rule: { ...rule, additionalBindings: [get("/v2").rule, custom] } });
  expect(routes.map((route) => [route.httpMethod, route.template.text, route.body])).toEqual([
    ["POST", "/v1/{a_string}", "whole"],
    ["GET", "/v2", "none"],
    ["PURGE", "/v2/{child.a_string=x/**}", "none"],
  ]);
  expect(routes[2]?.variables[0]?.path.name).toBe("child.a_string");
});

test.each<[TestMethod, string]>([
  [{ rule: {} }, "It has no path."],
  [get("v1"), 'expected "/"'],
  [get("/{nothing}"), 'Everything has no field "nothing"'],
  [get("/{child.nothing}"), 'Everything has no field "nothing"'],
  [get("/{a_string.x}"), '"a_string" is a single value and has no fields to name'],
  [get("/{children.a_string}"), '"children" is repeated and has no fields to name'],
  [get("/{duration.seconds}"), '"duration" is a Duration and has no fields to name'],
  [get("/{numbers}"), '"numbers" is repeated'],
  [get("/{tags}"), '"tags" is a map'],
  [get("/{child}"), '"child" is a Everything'],
  [get("/{struct}"), '"struct" is a Struct'],
  [post("/x", "nothing"), 'Everything has no field "nothing"'],
  [post("/x", "child.a_string"), 'Everything has no field "child.a_string"'],
  [post("/x", "*", "nothing"), 'Everything has no field "nothing"'],
  [{ rule: { ...get("/x").rule, body: "*" } }, "GET takes no body"],
  [
    { rule: { ...get("/x").rule, additionalBindings: [{ ...get("/y").rule, additionalBindings: [get("/z").rule] }] } },
    "do not nest",
  ],
  [{ ...post("/x", "*"), isClientStream: true }, "A stream of requests does not fit"],
  [{ ...post("/x", "*"), isClientStream: true, isServerStream: true }, "A stream of requests does not fit"],
  [{ ...get("/x"), isServerStream: true, output: "Failing" }, 'has a field "error"'],
])("%j is refused at the start", (method, reason) => {
  const failure = (() => {
    try {
      bind(method);
    } catch (error) {
      return error as Error;
    }
    return expect.fail("It was bound.");
  })();
  expect(failure.message).toBe("The google.api.http option of test.TestService.Method0 is wrong.");
  expect((failure.cause as Error).message).toContain(reason);
});

test.each([
  ["a_string", { aString: "x" }, "x", ""],
  ["a_int64", { aInt64: "7" }, "7", "0"],
  ["a_bool", { aBool: true }, true, false],
  ["numbers", { numbers: [1] }, [1], []],
  ["tags", { tags: { a: "b" } }, { a: "b" }, {}],
  ["child", { child: { aInt32: 1 } }, { aInt32: 1 }, {}],
  ["color", { color: "GREEN" }, "GREEN", "RED"],
])("an answer whose body is %s has only that", (field, json, full, empty) => {
  const [route] = bind(post("/x", "*", field));
  if (route === undefined) return expect.fail("It has no route.");
  const { output } = route.method;
  expect(responseJson(route, fromJson(output, json), createRegistry())).toEqual(full);
  expect(responseJson(route, create(output), createRegistry())).toEqual(empty);
});

test("an answer whose body is * is the whole answer", () => {
  expect(bind(post("/x", "*", "*"))[0]?.responseBody).toBeUndefined();
});

test("a method without the option has no route", () => {
  const [method] = testMethods(get("/x"));
  if (method) delete method.proto.options;
  expect(method && bindMethod(method)).toEqual([]);
});
