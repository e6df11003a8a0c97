import fc from "fast-check";
import { expect, test } from "vitest";
import { type PathTemplate, parsePathTemplate } from "./path-template.js";
import { MalformedPath, readVariable } from "./path-text.js";
import { RouteTable } from "./route-table.js";

function tableOf(...routes: string[]): RouteTable<string> {
  const table = new RouteTable<string>();
  for (const route of routes) {
    const [method = "", template = ""] = route.split(" ");
    table.add(parsePathTemplate(template), method, route);
  }
  return table;
}

/** What a request finds: the route, the allowed methods, or nothing. */
function ask(table: RouteTable<string>, method: string, path: string): string {
  const found = table.find(method, path);
  if (found.kind === "route") return found.target;
  return found.kind === "wrong-method" ? `allowed: ${found.allowed.join(", ")}` : "nothing";
}

/** The text of a template's only variable in a path. */
function textIn(template: string, path: string): string | undefined {
  const table = new RouteTable<PathTemplate>();
  table.add(parsePathTemplate(template), "GET", parsePathTemplate(template));
  const found = table.find("GET", path);
  if (found.kind !== "route") return undefined;
  const [variable] = found.target.variables;
  return variable && readVariable(variable, found.rawSegments);
}

test("a literal goes before *, and * before **", () => {
  const table = tableOf("GET /v1/movies/new", "GET /v1/movies/{id}", "GET /v1/**", "GET /v1/{a}/new/x");
  expect(ask(table, "GET", "/v1/movies/new")).toBe("GET /v1/movies/new");
  expect(ask(table, "GET", "/v1/movies/old")).toBe("GET /v1/movies/{id}");
  expect(ask(table, "GET", "/v1/movies/old/x")).toBe("GET /v1/**");
  expect(ask(table, "GET", "/v1/movies/new/x")).toBe("GET /v1/{a}/new/x");
  expect(ask(table, "GET", "/v1")).toBe("GET /v1/**");
  expect(ask(table, "GET", "/v2")).toBe("nothing");
  expect(ask(table, "GET", "/")).toBe("nothing");
  expect(ask(table, "GET", "")).toBe("nothing");
});

test("a path that is served with other methods says which", () => {
  const table = tableOf("GET /v1/{id}", "DELETE /v1/{id}", "POST /v1/movies:match", "POST /v1/movies", "* /any");
  expect(ask(table, "PUT", "/v1/x")).toBe("allowed: DELETE, GET");
  expect(ask(table, "GET", "/v1/movies:match")).toBe("allowed: POST");
  // The literal decides, although /v1/{id} has the method.
  expect(ask(table, "GET", "/v1/movies")).toBe("allowed: POST");
  expect(ask(table, "PUT", "/any")).toBe("* /any");
});

test("a colon starts a verb where there is such a verb, else it is part of the segment", () => {
  const table = tableOf("GET /v1/{id}", "GET /v1/{id}:similar", "POST /v1/movies:match");
  expect(ask(table, "GET", "/v1/x:similar")).toBe("GET /v1/{id}:similar");
  expect(ask(table, "GET", "/v1/tt:1:similar")).toBe("GET /v1/{id}:similar");
  expect(ask(table, "GET", "/v1/tt:1")).toBe("GET /v1/{id}");
  expect(ask(table, "GET", "/v1/x%3Asimilar")).toBe("GET /v1/{id}");
  expect(textIn("/v1/{id}", "/v1/x%3Asimilar")).toBe("x:similar");
  expect(textIn("/v1/{id}:similar", "/v1/tt:1:similar")).toBe("tt:1");
  expect(textIn("/v1/{id}", "/v1/tt:1")).toBe("tt:1");
});

test("an encoded slash is decoded within one segment and kept where a variable spans several", () => {
  expect(textIn("/v1/{id}", "/v1/a%2Fb%20c")).toBe("a/b c");
  expect(textIn("/v1/{id=x/*}", "/v1/x/a%2fb%20c")).toBe("x/a%2Fb c");
  expect(textIn("/v1/{id=**}", "/v1/a%2Fb/c%20")).toBe("a%2Fb/c ");
  expect(textIn("/v1/{id=**}", "/v1")).toBe("");
});

test("an empty segment names nothing", () => {
  expect(textIn("/v1/{id}", "/v1/")).toBeUndefined();
  expect(textIn("/v1/{id}/x", "/v1//x")).toBeUndefined();
  expect(textIn("/v1/{id=**}", "/v1//x/")).toBe("/x/");
});

test("what is not percent-encoded UTF-8 is told from what is not there", () => {
  const table = tableOf("GET /v1/{id}");
  for (const path of ["/v1/%zz", "/v1/%", "/v1/%ff", "/v1/a:%zz"])
    expect(() => ask(table, "GET", path)).toThrow(MalformedPath);
});

test("two routes that are the same are refused at the start", () => {
  expect(() => tableOf("GET /v1/{id}", "GET /v1/{other=*}")).toThrow("GET /v1/{other=*} and GET /v1/{id} are the same");
  expect(() => tableOf("GET /v1/{id}", "GET /v1/{id}:x", "POST /v1/{id}", "GET /v1/{id=**}")).not.toThrow();
});

// Few letters, so that templates and paths often meet.
const literal = fc.constantFrom("a", "b", "c");
const step = fc.oneof({ weight: 3, arbitrary: literal }, { weight: 2, arbitrary: fc.constant("*") });
const verb = fc.constantFrom("", "", ":v", ":w");
const template = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 4 }), fc.boolean(), verb)
  .map(([steps, rest, suffix]) => `/${[...steps, ...(rest ? ["**"] : [])].join("/")}${suffix}`);
const method = fc.constantFrom("GET", "POST", "PUT");

const rank = (segment: PathTemplate["segments"][number] | undefined) =>
  segment === undefined ? 0 : segment === "**" ? 3 : segment === "*" ? 2 : 1;

/** Says slowly what the table should find: all templates that match, sorted by their first difference. */
function slowly(routes: readonly string[], asked: string, path: string): string {
  const segments = path.slice(1).split("/");
  const colon = segments.at(-1)?.lastIndexOf(":") ?? -1;
  const last = segments.at(-1) ?? "";
  const readings = [
    ...(colon === -1 ? [] : [{ verb: last.slice(colon + 1), segments: segments.with(-1, last.slice(0, colon)) }]),
    { verb: "", segments },
  ];
  for (const reading of readings) {
    const matching = routes
      .map((route) => ({ route, method: route.split(" ")[0] ?? "", ...parsePathTemplate(route.split(" ")[1] ?? "") }))
      .filter((candidate) => candidate.verb === reading.verb && matches(candidate, reading.segments))
      .sort((a, b) => {
        for (let at = 0; at < 6; at++) {
          const difference = rank(a.segments[at]) - rank(b.segments[at]);
          if (difference !== 0) return difference;
        }
        return 0;
      });
    const [best] = matching;
    if (best === undefined) continue;
    const same = matching.filter((other) => other.segments.every((s, at) => rank(s) === rank(best.segments[at])));
    const siblings = same.filter((other) => other.segments.length === best.segments.length);
    return (
      siblings.find((other) => other.method === asked)?.route ??
      `allowed: ${siblings
        .map((s) => s.method)
        .sort()
        .join(", ")}`
    );
  }
  return "nothing";
}

function matches({ segments }: PathTemplate, path: readonly string[]): boolean {
  const rest = segments.at(-1) === "**";
  const fixed = rest ? segments.slice(0, -1) : segments;
  if (rest ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, at) => (typeof segment === "string" ? path[at] !== "" : path[at] === segment.literal));
}

test("the table finds what a slow search through all templates finds", () => {
  const path = fc
    .tuple(fc.array(fc.constantFrom("a", "b", "c", "x", ""), { minLength: 1, maxLength: 6 }), verb)
    .map(([steps, suffix]) => `/${steps.join("/")}${suffix}`);
  const route = fc.tuple(method, template).map(([m, t]) => `${m} ${t}`);
  const routes = fc.uniqueArray(route, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(routes, method, fc.array(path, { minLength: 10, maxLength: 30 }), (all, asked, paths) => {
      const table = tableOf(...all);
      for (const one of paths) expect(ask(table, asked, one)).toBe(slowly(all, asked, one));
    }),
  );
});

/** A path of a template, with any text for its variables. */
function render(text: string, value: string): string {
  return text.replace(/\{\w+(?:=([^}]*))?\}/, (_, pattern = "*") =>
    pattern.includes("**") || pattern.includes("/")
      ? value.split("/").map(encodeURIComponent).join("/")
      : encodeURIComponent(value),
  );
}

test("the text that went into a path comes out of it", () => {
  const anyText = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(
    fc.property(
      anyText,
      fc.constantFrom("/v1/{id}", "/v1/{id}:v", "/{id}/x", "/v1/{id=**}", "/v1/{id=**}:v"),
      (text, template) => {
        expect(textIn(template, render(template, text))).toBe(text);
      },
    ),
  );
});
