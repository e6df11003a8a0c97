import type { PathTemplate } from "./path-template.js";
import { decodeSegment } from "./path-text.js";

/** What a path and a method lead to. */
export type Found<T> =
  | { readonly kind: "route"; readonly target: T; readonly rawSegments: readonly string[] }
  /** The path is served, but not with this method. */
  | { readonly kind: "wrong-method"; readonly allowed: readonly string[] }
  | { readonly kind: "nothing" };

interface Node<T> {
  literals: Map<string, Node<T>>;
  one?: Node<T>;
  rest?: Node<T>;
  /** By verb, then by method. */
  ends: Map<string, Map<string, { template: PathTemplate; target: T }>>;
}

/**
 * Finds the route of a path. Where several templates match, the first difference between them decides: a literal goes
 * before `*`, and `*` before `**`. Only then does the method count, so that a path has one set of methods.
 */
export class RouteTable<T> {
  readonly #root: Node<T> = newNode();

  /** Adds a route; the method `*` stands for all. Throws when another route has the same paths, verb and method. */
  add(template: PathTemplate, method: string, target: T): void {
    let node = this.#root;
    for (const segment of template.segments) node = childOf(node, segment);
    const methods = node.ends.get(template.verb) ?? new Map();
    node.ends.set(template.verb, methods);
    const same = methods.get(method);
    if (same !== undefined) {
      throw new Error(`${method} ${template.text} and ${method} ${same.template.text} are the same route.`);
    }
    methods.set(method, { template, target });
  }

  /** Finds the route of a path without its query. Throws MalformedPath when the path cannot be decoded. */
  find(method: string, path: string): Found<T> {
    if (!path.startsWith("/")) return { kind: "nothing" };
    for (const { rawSegments, verb } of readingsOf(path)) {
      const methods = findEnd(this.#root, rawSegments.map(decodeSegment), 0, verb);
      if (methods === undefined) continue;
      const end = methods.get(method) ?? methods.get("*");
      if (end === undefined) return { kind: "wrong-method", allowed: [...methods.keys()].sort() };
      return { kind: "route", target: end.target, rawSegments };
    }
    return { kind: "nothing" };
  }
}

function newNode<T>(): Node<T> {
  return { literals: new Map(), ends: new Map() };
}

function childOf<T>(node: Node<T>, segment: PathTemplate["segments"][number]): Node<T> {
  if (segment === "*") {
    node.one ??= newNode();
    return node.one;
  }
  if (segment === "**") {
    node.rest ??= newNode();
    return node.rest;
  }
  const child = node.literals.get(segment.literal) ?? newNode<T>();
  node.literals.set(segment.literal, child);
  return child;
}

/**
 * The ways to read a path: with what follows the last `:` as a verb, and, as ids may hold a `:` too, without one. An
 * encoded `%3A` never starts a verb.
 */
function* readingsOf(path: string): Iterable<{ rawSegments: string[]; verb: string }> {
  const rawSegments = path.slice(1).split("/");
  const last = rawSegments.at(-1) ?? "";
  const colon = last.lastIndexOf(":");
  if (colon !== -1) {
    yield { rawSegments: rawSegments.with(-1, last.slice(0, colon)), verb: decodeSegment(last.slice(colon + 1)) };
  }
  yield { rawSegments, verb: "" };
}

function findEnd<T>(node: Node<T>, segments: readonly string[], at: number, verb: string): EndsOf<T> | undefined {
  const segment = segments[at];
  if (segment === undefined) return node.ends.get(verb) ?? node.rest?.ends.get(verb);
  const literal = node.literals.get(segment);
  return (
    (literal && findEnd(literal, segments, at + 1, verb)) ??
    // An empty segment names nothing.
    (node.one && segment !== "" ? findEnd(node.one, segments, at + 1, verb) : undefined) ??
    node.rest?.ends.get(verb)
  );
}

type EndsOf<T> = ReturnType<Node<T>["ends"]["get"]>;
