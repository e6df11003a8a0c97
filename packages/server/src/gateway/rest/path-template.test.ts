import { expect, test } from "vitest";
import { parsePathTemplate } from "./path-template.js";

const parts = (text: string) => {
  const { segments, variables, verb } = parsePathTemplate(text);
  return [segments.map((s) => (typeof s === "string" ? s : `'${s.literal}`)).join(" "), verb, variables] as const;
};
const variable = (fieldPath: string, start: number, end: number, spansSegments: boolean) => ({
  fieldPath,
  start,
  end,
  spansSegments,
});

test("literals, wildcards, variables and verbs are told apart", () => {
  expect(parts("/v1/movies")).toEqual(["'v1 'movies", "", []]);
  expect(parts("/v1/movies:match")).toEqual(["'v1 'movies", "match", []]);
  expect(parts("/v1/*/**")).toEqual(["'v1 * **", "", []]);
  expect(parts("/v1/{id}:similar")).toEqual(["'v1 *", "similar", [variable("id", 1, 2, false)]]);
  expect(parts("/v1/{movie.id=*}")).toEqual(["'v1 *", "", [variable("movie.id", 1, 2, false)]]);
  expect(parts("/{a=x/*}/{b.c_d=**}:v")).toEqual([
    "'x * **",
    "v",
    [variable("a", 0, 2, true), variable("b.c_d", 2, Number.POSITIVE_INFINITY, true)],
  ]);
  expect(parts("/%66ilms/a~b@c")).toEqual(["'films 'a~b@c", "", []]);
});

test.each([
  ["", 'at character 1: expected "/"'],
  ["v1", 'at character 1: expected "/"'],
  ["/", "expected a literal"],
  ["/v1/", "expected a literal"],
  ["/v1//x", "expected a literal"],
  ["/v1:", "expected a literal"],
  ["/v1:a:b", "expected the end"],
  ["/v1:a/b", "expected the end"],
  ["/v1?x", "expected the end"],
  ["/**/x", "** must come last"],
  ["/{a=**}/x", "** must come last"],
  ["/{a=**}/{b=**}", "** must come last"],
  ["/{a={b}}", "variables do not nest"],
  ["/{a}/{a}", "a is bound twice"],
  ["/{}", "expected a field's name"],
  ["/{a.}", 'expected "}"'],
  ["/{a", 'expected "}"'],
  ["/{a=}", "expected a literal"],
  ["/x*", "expected the end"],
  ["/%ff", "not UTF-8"],
  ["/%zz", "expected a literal"],
])("%s is refused", (text, reason) => {
  expect(() => parsePathTemplate(text)).toThrow(reason);
});
